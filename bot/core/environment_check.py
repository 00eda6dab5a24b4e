"""What is wrong in an `environment.yml`, each with its place and what would be right."""

import re
from collections.abc import Collection, Iterator
from typing import NamedTuple

from bot.core.environment_layout import FOLDER, resolve
from bot.core.problem import Problem
from bot.core.versioning import parse_version
from bot.core.yaml.document import Document, KeyPath

DESCRIPTIVE_KEYS = frozenset({"version", "description", "tags"})
"""What can change without changing the content (D7)."""

CLASS_TAGS = ("backward_compatible", "requires_retrain")

_CONTENT_KEYS = frozenset(
    {"$schema", "name", "image", "conda_file", "build", "inference_config", "os_type"}
)
_KEYS = _CONTENT_KEYS | DESCRIPTIVE_KEYS
# REST API reference, environment containers; `AzureML-` and `Microsoft` are reserved.
_NAME = re.compile(r"(?!(?i:azureml-|microsoft))[A-Za-z0-9][A-Za-z0-9_-]{0,254}")


class Check(NamedTuple):
    """The checks of one parsed file; `paths` are the files of the same tree."""

    document: Document
    settings: dict[str, object]
    paths: Collection[str]

    def problems(self) -> Iterator[Problem]:
        """Yield every problem; none means that Azure ML can register what the file says."""
        yield from self._keys()
        yield from self._name()
        yield from self._version()
        yield from self._tags()
        yield from self._source_of_the_image()
        yield from self._texts()

    def _keys(self) -> Iterator[Problem]:
        for key in sorted(self.settings.keys() - _KEYS):
            line, column = self.document.key_position((key,))
            remedy = f"Remove it, or write one of: {', '.join(sorted(_KEYS))}."
            what = f"`{key}` is not a setting of an environment"
            yield Problem(self.document.path, line, column, what, remedy)

    def _name(self) -> Iterator[Problem]:
        name = self.settings.get("name")
        if not isinstance(name, str) or not _NAME.fullmatch(name):
            remedy = "Use letters, digits, `-` and `_`; `AzureML-` and `Microsoft` are reserved."
            yield self._problem(("name",), "`name` is missing or not a valid name", remedy)

    def _version(self) -> Iterator[Problem]:
        version = self.settings.get("version")
        if not isinstance(version, str):
            remedy = 'Write it in quotes, such as "1.5.1".'
            yield self._problem(("version",), "`version` is missing or not text", remedy)
            return
        try:
            parse_version(version)
        except ValueError as error:
            yield self._problem(("version",), str(error), "Mend the version.")

    def _tags(self) -> Iterator[Problem]:
        tags = self.settings.get("tags") or {}
        if not isinstance(tags, dict):
            yield self._problem(("tags",), "`tags` is not a mapping", "Write `name: value` pairs.")
            return
        for name, value in tags.items():
            place = ("tags", name)
            if not isinstance(value, str):
                yield self._problem(place, f"tag `{name}` is not text", "Write it in quotes.")
            elif name in CLASS_TAGS and value not in {"true", "false"}:
                what = f"tag `{name}` is `{value}`"
                yield self._problem(place, what, 'Write "true" or "false".')

    def _source_of_the_image(self) -> Iterator[Problem]:
        build, image = self.settings.get("build"), self.settings.get("image")
        if (build is None) == (image is None):
            what = "does not say whether the image is built or taken as it is"
            yield self._problem(("build",), what, "Write either `build:` or `image:`, not both.")
        elif build is not None:
            yield from self._build(build)

    def _build(self, build: object) -> Iterator[Problem]:
        settings = build if isinstance(build, dict) else {}
        context = settings.get("path")
        dockerfile = settings.get("dockerfile_path", "Dockerfile")
        if not isinstance(context, str) or not isinstance(dockerfile, str):
            remedy = "Write `build: {path: ., dockerfile_path: Dockerfile}`."
            yield self._problem(("build",), "`build` names no folder to build from", remedy)
        else:
            yield from self._exists(("build",), resolve(resolve(FOLDER, context), dockerfile))

    def _texts(self) -> Iterator[Problem]:
        for key in ("description", "image", "conda_file", "os_type"):
            if not isinstance(self.settings.get(key, ""), str):
                yield self._problem((key,), f"`{key}` is not text", "Write it in quotes.")
        conda = self.settings.get("conda_file")
        if isinstance(conda, str):
            yield from self._exists(("conda_file",), resolve(FOLDER, conda))

    def _exists(self, key_path: KeyPath, path: str) -> Iterator[Problem]:
        if path not in self.paths or not path.startswith(f"{FOLDER}/"):
            remedy = f"Name a file below `{FOLDER}/`."
            yield self._problem(key_path, f"`{path}` does not exist", remedy)

    def _problem(self, key_path: KeyPath, what: str, remedy: str) -> Problem:
        return self.document.problem(key_path, what, remedy)

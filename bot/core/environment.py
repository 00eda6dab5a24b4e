"""The Azure ML environment in git: what `environment/environment.yml` says, and its digests."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, NamedTuple

from bot.core.environment_check import DESCRIPTIVE_KEYS, Check
from bot.core.environment_layout import FOLDER, SPEC_PATH, resolve
from bot.core.problem import Problem
from bot.core.tree import Tree, subtree
from bot.core.yaml.document import Document, dotted
from bot.core.yaml.reader import read
from bot.errors import InvalidFileError


class BuildContext(NamedTuple):
    """Where the image is built from; both paths as written, `path` relative to `environment/`."""

    path: str
    dockerfile_path: str

    @property
    def folder(self) -> str:
        """Return the context's folder as a path in the repository."""
        return resolve(FOLDER, self.path)

    @property
    def dockerfile(self) -> str:
        """Return the Dockerfile's path in the repository."""
        return resolve(self.folder, self.dockerfile_path)


@dataclass(frozen=True, slots=True)
class EnvironmentSpec:
    """`environment.yml`, checked: it has either a build context or an image.

    Attributes:
        conda_file: as written, relative to `environment/`; `conda_path` is the repository's path.
        lines: where each setting and each tag (as `tags.name`) stands, from 1.
    """

    name: str
    version: str
    description: str
    tags: Mapping[str, str]
    build: BuildContext | None
    image: str | None
    conda_file: str | None
    inference_config: Mapping[str, object] | None = None
    os_type: str = "linux"
    lines: Mapping[str, int] = field(default_factory=dict, compare=False, repr=False)

    @property
    def conda_path(self) -> str | None:
        """Return the conda file's path in the repository, where the spec names one."""
        return None if self.conda_file is None else resolve(FOLDER, self.conda_file)


class RegisteredEnvironment(NamedTuple):
    """One environment version as a workspace or the registry returns it.

    Attributes:
        place: `dev`, `registry`, `test` or `production`.
        asset_digest: None where the service does not return the fields it is made of.
        not_comparable: what keeps a copy from being compared with its source; empty where they are
            equal, and where nobody asked.
    """

    name: str
    version: str
    id: str
    place: str
    asset_digest: str | None
    tags: Mapping[str, str]
    not_comparable: str = ""


def read_environment(tree: Tree) -> EnvironmentSpec:
    """Return what the tree's `environment/environment.yml` says.

    Raises:
        InvalidFileError: the file is missing, cannot be read, or says what Azure ML would refuse.
    """
    document = read_settings(tree)
    settings: Any = document.value
    problems = sorted(Check(document, settings, tree.keys()).problems())
    if problems:
        raise InvalidFileError(problems)
    return EnvironmentSpec(
        name=settings["name"],
        version=settings["version"],
        description=settings.get("description", ""),
        tags=settings.get("tags") or {},
        build=_build_context(settings.get("build")),
        image=settings.get("image"),
        conda_file=settings.get("conda_file"),
        inference_config=settings.get("inference_config"),
        os_type=settings.get("os_type", "linux"),
        lines={dotted(key): document.key_position(key)[0] for key in document.nodes if key},
    )


def read_settings(tree: Tree) -> Document:
    """Return `environment.yml` as a document that holds a mapping, its values unchecked.

    Raises:
        InvalidFileError: the file is missing, cannot be read, or is not a mapping.
    """
    file = tree.get(SPEC_PATH)
    if file is None:
        problem = Problem(SPEC_PATH, 0, 0, "does not exist", "Describe the environment there.")
        raise InvalidFileError([problem])
    document = _read_spec(file.data)
    if not isinstance(document.value, dict):
        raise InvalidFileError([document.problem((), "is not a mapping", "Write `name: …`.")])
    return document


@lru_cache(maxsize=16)  # a review asks for the same few versions of the file many times
def _read_spec(data: bytes) -> Document:
    return read(data, SPEC_PATH)


def env_digest(tree: Tree) -> str:
    """Return the sha256 (64 hexadecimal digits) of what the environment is made of (D7).

    Equal digests mean equal content: paths, modes and blobs of `environment/`, with
    `environment.yml` as parsed and without version, description and tags.

    Raises:
        InvalidFileError: `environment.yml` is missing or cannot be read.
    """
    settings: Any = read_settings(tree).value
    content = {key: settings[key] for key in settings.keys() - DESCRIPTIVE_KEYS}
    entries = [
        [path, file.mode, content if path == SPEC_PATH else file.oid]
        for path, file in sorted(subtree(tree, FOLDER).items())
    ]
    return _sha256(entries)


def candidate_version(version: str, digest: str) -> str:
    """Return the release candidate of `version` for this content, such as `1.5.1-rc.g0a1b2c3d`."""
    return f"{version}-rc.g{digest[:8]}"


def asset_digest(
    image: str | None,
    conda: object,
    dockerfile_path: str | None,
    inference_config: object = None,
    os_type: str | None = None,
) -> str:
    """Return the sha256 of the fields of an environment version that Azure ML returns (D7).

    `conda` is the parsed conda file, because the service returns it formatted anew. An absent OS
    type is Linux, the service's default; its case does not matter.
    """
    return _sha256([image, conda, dockerfile_path, inference_config, (os_type or "linux").lower()])


def _build_context(build: Mapping[str, str] | None) -> BuildContext | None:
    if build is None:
        return None
    return BuildContext(build["path"], build.get("dockerfile_path", "Dockerfile"))


def _sha256(value: object) -> str:
    import hashlib  # loads OpenSSL, which a classification does without

    return hashlib.sha256(json.dumps(value, sort_keys=True).encode()).hexdigest()

"""conda environment files: packages, channels and the settings beside them."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from bot.core.change import Change, Kind
from bot.core.facts.dependency import Dependency, parse_conda
from bot.core.facts.packages import PackageList, compare_packages
from bot.core.facts.requirements import Requirements, compare_options, parse_lines
from bot.core.facts.unreadable import UnreadableError
from bot.core.tree import File
from bot.core.yaml.document import Document
from bot.core.yaml.reader import read
from bot.errors import InvalidFileError

_NAMES = frozenset({"name", "prefix"})


@dataclass(frozen=True, slots=True)
class CondaFile:
    """A conda file; `pip` is the section of that name inside `dependencies`."""

    document: Document
    settings: Mapping[str, object]
    packages: tuple[Dependency, ...]
    pip: Requirements

    @property
    def all_packages(self) -> tuple[Dependency, ...]:
        """Return the packages of both installers, conda's first."""
        return (*self.packages, *self.pip.packages)


def is_conda(file: File) -> bool:
    """Tell whether a YAML file is a conda file: a mapping that lists `dependencies`."""
    try:
        value = read(file.data, file.path).value
    except InvalidFileError:
        return False
    return isinstance(value, dict) and isinstance(value.get("dependencies"), list)


def read_conda(file: File) -> CondaFile:
    """Return what a conda file says.

    Raises:
        UnreadableError: it is not YAML, or not of a conda file's shape.
    """
    try:
        document = read(file.data, file.path)
    except InvalidFileError as error:
        problem = error.problems[0]
        raise UnreadableError(problem.what, problem.line) from None
    settings = document.value
    if not isinstance(settings, dict) or not isinstance(settings.get("dependencies"), list):
        raise UnreadableError("lists no `dependencies`", 1)
    packages = tuple(_packages(document, settings["dependencies"]))
    pip = parse_lines(iter(tuple(_pip_lines(document, settings["dependencies"]))))
    return CondaFile(document, settings, packages, pip)


def compare_conda(before: File, after: File, *, dockerfiles: str) -> Iterator[Change]:
    """Yield what differs between two conda files.

    `dockerfiles` is the text of the Dockerfiles beside them: a conda environment's name matters
    where one of them mentions it.

    Raises:
        UnreadableError: one of them cannot be read.
    """
    was, now = read_conda(before), read_conda(after)
    yield from compare_packages(
        PackageList(after.path, was.all_packages), PackageList(after.path, now.all_packages)
    )
    yield from compare_options(was.pip, now.pip, after.path)
    for key in sorted(was.settings.keys() | now.settings.keys() - {"dependencies"}):
        if key != "dependencies" and was.settings.get(key) != now.settings.get(key):
            yield _setting_change(key, was, now, dockerfiles)


def _packages(document: Document, items: Sequence[object]) -> Iterator[Dependency]:
    for index, item in enumerate(items):
        line, _ = document.position(("dependencies", index))
        if isinstance(item, str):
            yield parse_conda(item, line)
        elif not isinstance(item, dict) or set(item) != {"pip"}:
            raise UnreadableError("`dependencies` holds something else than names and `pip`", line)


def _pip_lines(document: Document, items: Sequence[object]) -> Iterator[tuple[str, int]]:
    for index, item in enumerate(items):
        if not isinstance(item, dict):
            continue
        lines = item.get("pip")
        place = ("dependencies", index, "pip")
        if not isinstance(lines, list) or not all(isinstance(line, str) for line in lines):
            raise UnreadableError("`pip` is not a list of names", document.position(place)[0])
        for number, text in enumerate(lines):
            yield text.strip(), document.position((*place, number))[0]


def _setting_change(key: str, before: CondaFile, after: CondaFile, dockerfiles: str) -> Change:
    texts = [_text(conda.settings.get(key)) for conda in (before, after)]
    stands = after if key in after.settings else before
    line, _ = stands.document.position((key,))
    return Change(
        _setting_kind(key, texts, dockerfiles),
        key if key == "channels" else f"conda {key}",
        texts[0],
        texts[1],
        after.document.path,
        line,
    )


def _setting_kind(key: str, texts: Sequence[str | None], dockerfiles: str) -> Kind:
    if key == "channels":
        return Kind.CHANNELS_CHANGED
    if key in _NAMES and not any(_mentions(dockerfiles, text) for text in texts if text):
        return Kind.CONDA_NAME_CHANGED
    return Kind.CONDA_SETTING_CHANGED


def _mentions(text: str, name: str) -> bool:
    return re.search(rf"(?<![\w-]){re.escape(name)}(?![\w-])", text) is not None


def _text(value: object) -> str | None:
    if value is None:
        return None
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)

"""conda environment files: packages, channels and the settings beside them."""

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import NamedTuple, TypeGuard

from bot.core.change import Change, Kind
from bot.core.facts.dependency import Dependency, parse_conda
from bot.core.facts.packages import PackageList, compare_packages
from bot.core.facts.requirements import Requirements, compare_options, parse_lines
from bot.core.facts.unreadable import UnreadableError
from bot.core.tree import File
from bot.core.yaml.document import Document, KeyPath
from bot.core.yaml.reader import read
from bot.errors import InvalidFileError

_NAMES = frozenset({"name", "prefix"})


class CondaFile(NamedTuple):
    """A conda file, or a part of another file of that shape.

    Attributes:
        pip: the section of that name inside `dependencies`.
        place: where in the document it stands; `shift` lines are before the document.
    """

    document: Document
    settings: Mapping[str, object]
    packages: tuple[Dependency, ...]
    pip: Requirements
    place: KeyPath = ()
    shift: int = 0

    @property
    def all_packages(self) -> tuple[Dependency, ...]:
        """Return the packages of both installers, conda's first."""
        return (*self.packages, *self.pip.packages)


@lru_cache(maxsize=16)  # a file is asked first what it is, and then what it says
def _document(data: bytes, path: str) -> Document:
    return read(data, path)


def is_conda(file: File) -> bool:
    """Tell whether a YAML file is a conda file: a mapping that lists `dependencies`."""
    try:
        value = _document(file.data, file.path).value
    except InvalidFileError:
        return False
    return lists_dependencies(value)


def is_only_conda(file: File) -> bool:
    """Tell whether a file is a conda file and does not describe an Azure ML environment."""
    return is_conda(file) and not read_conda(file).settings.keys() & {"build", "image"}


def read_conda(file: File) -> CondaFile:
    """Return what a conda file says.

    Raises:
        UnreadableError: it is not YAML, or not of a conda file's shape.
    """
    try:
        document = _document(file.data, file.path)
    except InvalidFileError as error:
        problem = error.problems[0]
        raise UnreadableError(problem.what, problem.line) from None
    return conda_part(document)


def conda_part(document: Document, place: KeyPath = (), shift: int = 0) -> CondaFile:
    """Return what the part of a document at `place` says as a conda file.

    Raises:
        UnreadableError: it is not of a conda file's shape.
    """
    settings = value_at(document.value, place)
    if not lists_dependencies(settings):
        raise UnreadableError("lists no `dependencies`", document.position(place)[0] + shift or 1)
    items = _Items(document, (*place, "dependencies"), settings["dependencies"], shift)
    packages = tuple(items.packages())
    pip = parse_lines(items.pip_lines())
    return CondaFile(document, settings, packages, pip, place, shift)


def lists_dependencies(value: object) -> TypeGuard[dict[str, list[object]]]:
    """Tell whether a value has a conda file's shape: a mapping that lists `dependencies`."""
    return isinstance(value, dict) and isinstance(value.get("dependencies"), list)


def value_at(value: object, place: KeyPath) -> object:
    """Return the value at a key path; None where there is none."""
    for key in place:
        if isinstance(value, dict):
            value = value.get(str(key))
        elif isinstance(value, list) and isinstance(key, int) and key < len(value):
            value = value[key]
        else:
            return None
    return value


def compare_conda(before: File, after: File, *, dockerfiles: str) -> Iterator[Change]:
    """Yield what differs between two conda files.

    `dockerfiles` is the text of the Dockerfiles beside them: a conda environment's name matters
    where one of them mentions it.

    Raises:
        UnreadableError: one of them cannot be read.
    """
    yield from compare_conda_parts(read_conda(before), read_conda(after), dockerfiles)


def compare_conda_parts(was: CondaFile, now: CondaFile, dockerfiles: str) -> Iterator[Change]:
    """Yield what differs between two conda files, or parts of files; as `compare_conda`."""
    path = now.document.path
    yield from compare_packages(
        PackageList(path, was.all_packages), PackageList(path, now.all_packages)
    )
    yield from compare_options(was.pip, now.pip, path)
    for key in sorted(was.settings.keys() | now.settings.keys() - {"dependencies"}):
        if key != "dependencies" and was.settings.get(key) != now.settings.get(key):
            yield _setting_change(key, was, now, dockerfiles)


class _Items(NamedTuple):
    """The `dependencies` of a conda file, and where they stand."""

    document: Document
    place: KeyPath
    items: Sequence[object]
    shift: int

    def packages(self) -> Iterator[Dependency]:
        for index, item in enumerate(self.items):
            if isinstance(item, str):
                yield parse_conda(item, self._line(index))
            elif not isinstance(item, dict) or set(item) != {"pip"}:
                what = "`dependencies` holds something else than names and `pip`"
                raise UnreadableError(what, self._line(index))

    def pip_lines(self) -> Iterator[tuple[str, int]]:
        for index, item in enumerate(self.items):
            if not isinstance(item, dict):
                continue
            lines = item.get("pip")
            if not isinstance(lines, list) or not all(isinstance(line, str) for line in lines):
                raise UnreadableError("`pip` is not a list of names", self._line(index, "pip"))
            for number, text in enumerate(lines):
                yield text.strip(), self._line(index, "pip", number)

    def _line(self, *key: int | str) -> int:
        return self.document.position((*self.place, *key))[0] + self.shift


def _setting_change(key: str, before: CondaFile, after: CondaFile, dockerfiles: str) -> Change:
    texts = [_text(conda.settings.get(key)) for conda in (before, after)]
    stands = after if key in after.settings else before
    line = stands.document.position((*stands.place, key))[0] + stands.shift
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

"""Requirements files that include others: which files they are, and what they ask for together."""

import posixpath
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from bot.core.change import Change, Kind
from bot.core.environment_layout import SOURCE_FOLDER, is_dockerfile
from bot.core.facts.dependency import Dependency
from bot.core.facts.dockerfile.lines import read_lines
from bot.core.facts.packages import PackageList, compare_packages
from bot.core.facts.requirements import Requirements, compare_options, read_requirements
from bot.core.facts.unreadable import UnreadableError
from bot.core.tree import File, Tree

MAX_FILES = 20

_LIST = re.compile(r"(?:-r|--requirement)(?:[ \t]*=[ \t]*|[ \t]*)(\S+)")
_AS_LIST = frozenset({"-r", "--requirement"})
_OPTION_LINE = re.compile(r"^[ \t-]*(-[rc]|--requirement|--constraint)[ \t=]+(\S+)", re.MULTILINE)
_NAMED_LIST = re.compile(r"[^/]*(?:requirements|constraints)[^/]*\.(?:txt|in)")
_NAMED_CONSTRAINTS = re.compile(r"[^/]*constraints[^/]*\.(?:txt|in)")
_MAY_BE_LIST = (".in", ".pip", ".txt")
# A constraint installs nothing: it only narrows what others ask for.
_AS_CONSTRAINT = {
    Kind.PACKAGE_ADDED_PINNED: Kind.PACKAGE_PINNED,
    Kind.PACKAGE_ADDED_UNPINNED: Kind.PACKAGE_TIGHTENED,
    Kind.PACKAGE_REMOVED: Kind.PACKAGE_UNPINNED,
    Kind.PACKAGES_REORDERED_UNPINNED: Kind.PACKAGES_REORDERED_PINNED,
}


class Sides(NamedTuple):
    """Both trees, in which includes are looked up."""

    before: Tree
    after: Tree


def is_requirements(path: str, sides: Sides) -> bool:
    """Tell whether a file lists packages for pip: by its name, or because another file says so."""
    name = posixpath.basename(path)
    if _NAMED_LIST.fullmatch(name):
        return True
    may_be = path.endswith(_MAY_BE_LIST) and not path.startswith(f"{SOURCE_FOLDER}/")
    return may_be and bool(_namings(path, sides))


def compare_with_includes(before: File, after: File, *, sides: Sides) -> Iterator[Change]:
    """Yield what differs between two requirements files.

    Where they include other files than before, all that they ask for together is compared, as far
    as the files are in the trees. What an included file changed itself is said there.

    Raises:
        UnreadableError: one of them is not text, or includes itself.
    """
    was, now = read_requirements(before.data), read_requirements(after.data)
    together = _Lists(sides.before).all_of(before, was), _Lists(sides.after).all_of(after, now)
    if _included(was) != _included(now) and together[0] and together[1]:
        was, now = together[0], together[1]
    found = compare_packages(
        PackageList(after.path, was.packages), PackageList(after.path, now.packages)
    )
    constrains = is_constraint(after.path, sides)
    for change in found:
        yield _constraint(change) if constrains else change
    yield from compare_options(was, now, after.path)


def _constraint(change: Change) -> Change:
    return change._replace(kind=_AS_CONSTRAINT.get(change.kind, change.kind))


def is_constraint(path: str, sides: Sides) -> bool:
    """Tell whether a list only narrows what others ask for: by who names it, or by its name."""
    namings = _namings(path, sides)
    if namings:
        return not namings & _AS_LIST
    return _NAMED_CONSTRAINTS.fullmatch(posixpath.basename(path)) is not None


def _namings(path: str, sides: Sides) -> set[str]:
    """Return the options of pip with which a file names this one, or one of its name."""
    name = posixpath.basename(path)
    return {
        option
        for tree in (sides.before, sides.after)
        for file in tree.values()
        if name.encode() in file.data
        for option, value in _options(file)
        if posixpath.basename(value.strip("\"'")) == name
    }


def _options(file: File) -> Iterator[tuple[str, str]]:
    """Yield the files that pip is told to read, each with its option."""
    if is_dockerfile(file.path):
        yield from _options_in_dockerfile(file)
    elif file.path.endswith((*_MAY_BE_LIST, ".yml", ".yaml")):
        yield from _OPTION_LINE.findall(file.data.decode("latin-1"))


def _options_in_dockerfile(file: File) -> Iterator[tuple[str, str]]:
    try:
        lines = read_lines(file.data)
    except UnreadableError:
        return
    for line in lines:
        for step in line.steps:
            for text in step.install.options if step.install else ():
                option, _, value = text.replace("=", " ", 1).partition(" ")
                yield option, value


def _included(requirements: Requirements) -> list[str]:
    return [found[1] for text, _ in requirements.options if (found := _LIST.fullmatch(text))]


@dataclass(slots=True)
class _Lists:
    """The requirements files of one tree; `open` are those that are being read."""

    tree: Tree
    open: list[str] = field(default_factory=list)
    count: int = 0

    def all_of(self, file: File, listed: Requirements) -> Requirements | None:
        """Return a file's demands with those of the files it includes; None if one is missing.

        Raises:
            UnreadableError: a file includes itself, or more than 20 are included.
        """
        self.open.append(file.path)
        packages: list[Dependency] = []
        options: list[tuple[str, int]] = []
        for text, line in listed.options:
            found = _LIST.fullmatch(text)
            if found is None:
                options.append((text, line))
                continue
            included = self._included(file, found[1], line)
            if included is None:
                return None
            packages += [package._replace(line=line) for package in included.packages]
            options += [(option, line) for option, _ in included.options]
        self.open.pop()
        return Requirements((*packages, *listed.packages), tuple(options))

    def _included(self, file: File, name: str, line: int) -> Requirements | None:
        path = posixpath.normpath(posixpath.join(posixpath.dirname(file.path), name))
        self.count += 1
        if path in self.open or self.count > MAX_FILES:
            why = f"includes itself through `{name}`" if path in self.open else "includes too much"
            raise UnreadableError(why, line)
        other = self.tree.get(path)
        return self.all_of(other, read_requirements(other.data)) if other else None

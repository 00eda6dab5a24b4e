"""What the other files of both commits say about the names of one Python file."""

import ast
import re
from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

from bot.core.facts.python.listeners import listeners
from bot.core.facts.python.looked_up import looked_up
from bot.core.facts.python.names import EVERYTHING, identifiers
from bot.core.facts.python.parsing import parse_beside
from bot.core.facts.python.taken_names import names_taken
from bot.core.facts.python.values import base_names, passed_as_values, written_attributes
from bot.core.facts.unreadable import UnreadableError
from bot.core.tree import File, Tree

_PYTHON_VERSION = re.compile(rb"(?i)\bpython[\"' =:<>~!-]{0,6}3\.(\d{1,2})|\bpy3\.?(\d{1,2})\b")
_PACKAGE_FILE = "__init__"
_PACKAGES_FILE = 256 << 10  # bytes; a larger file is data, and lists no packages
_MOST_TEXTS = 64 << 20  # bytes; beyond this, looking a name up costs time that a review has not


class Surroundings(NamedTuple):
    """The other files, of both commits.

    Attributes:
        are_read: whether all their Python could be; if not, the sets of names are incomplete.
        taken: names that they take from the file; `EVERYTHING` if that cannot be told.
        passed: names of functions that they hand on as values, which something may look into.
        bases: names that they derive classes from.
        written: names of attributes that they assign to.
        identifiers: every name that their Python holds.
        looked_up: patterns of the names of attributes that they look up.
        listeners: attributes of theirs that run code, and marks of `listeners`.
        know_the_module: whether one of them may import the file.
        modules: names under which the files of both commits can be imported.
        python: the oldest Python 3 that they speak of, as its minor version; None if none does.
        texts: the contents of them all.
    """

    are_read: bool
    taken: frozenset[str]
    passed: frozenset[str]
    bases: frozenset[str]
    written: frozenset[str]
    identifiers: frozenset[str]
    looked_up: frozenset[str]
    listeners: frozenset[str]
    know_the_module: bool
    modules: frozenset[str]
    python: int | None
    texts: tuple[bytes, ...]

    @property
    def are_unknown(self) -> bool:
        """Tell whether any name of the file may be used by another one."""
        return self.taken >= EVERYTHING

    def mention(self, name: str) -> bool:
        """Tell whether another file holds this name anywhere, be it in a comment."""
        if sum(map(len, self.texts)) > _MOST_TEXTS:
            return True
        word = re.compile(rb"(?<!\w)" + re.escape(name.encode()) + rb"(?!\w)")
        return any(word.search(text) for text in self.texts)


def read_surroundings(path: str, *trees: Tree) -> Surroundings:
    """Return what the files beside `path` say; of a package's `__init__.py` any name is taken."""
    others = list(_others(path, *trees))
    modules, are_read = _parsed(others)
    names, ours = _collected(modules, identifiers), module_names(*trees)
    unknown = not are_read or path.endswith(f"/{_PACKAGE_FILE}.py")
    return Surroundings(
        are_read=are_read,
        taken=EVERYTHING if unknown else names_taken(module_name(path), modules),
        passed=_collected(modules, passed_as_values),
        bases=_collected(modules, base_names),
        written=_collected(modules, written_attributes),
        identifiers=names,
        looked_up=_collected(modules, looked_up),
        listeners=_collected(modules, listeners),
        know_the_module=not are_read or module_name(path) in names,
        modules=ours,
        python=_oldest_python(file for file in others if not file.path.endswith(".py")),
        texts=tuple(file.data for file in others),
    )


def _parsed(files: list[File]) -> tuple[list[ast.Module], bool]:
    """Return the modules among these files, and whether all could be parsed."""
    try:
        return [parse_beside(file.data) for file in files if file.path.endswith(".py")], True
    except (UnreadableError, RecursionError):
        return [], False


def _collected(
    modules: list[ast.Module], read: Callable[[ast.AST], Iterable[str]]
) -> frozenset[str]:
    return frozenset(name for module in modules for name in read(module))


def module_names(*trees: Tree) -> frozenset[str]:
    """Return the names under which the files of these trees can be imported, folders included."""
    parts = {
        part
        for tree in trees
        for path in tree
        if path.endswith(".py")
        for part in path.removesuffix(".py").split("/")
    }
    return frozenset(parts - {_PACKAGE_FILE})


def module_name(path: str) -> str:
    """Return the last part of the name under which a file can be imported."""
    stem = path.removesuffix(".py").removesuffix(f"/{_PACKAGE_FILE}")
    return stem.rpartition("/")[2]


def _others(path: str, *trees: Tree) -> Iterator[File]:
    seen = set()
    for tree in trees:
        for file in tree.values():
            if file.path != path and file.oid not in seen:
                seen.add(file.oid)
                yield file


def _oldest_python(files: Iterator[File]) -> int | None:
    return min(
        (
            int(found[1] or found[2])
            for file in files
            if len(file.data) <= _PACKAGES_FILE
            for found in _PYTHON_VERSION.finditer(file.data)
        ),
        default=None,
    )

"""Which names of a Python file other files rely on."""

import ast
from collections.abc import Iterator

from bot.core.facts.python.imports import EVERYTHING
from bot.core.facts.python.names import imported_from
from bot.core.facts.python.parsing import parse
from bot.core.facts.unreadable import UnreadableError
from bot.core.tree import Tree


def names_taken_by_others(path: str, *trees: Tree) -> frozenset[str]:
    """Return the names that other Python files of these trees import from anywhere.

    For a package's `__init__.py`, and where another file cannot be parsed, that is everything.
    """
    if path.endswith("/__init__.py"):
        return EVERYTHING
    try:
        modules = list(_others(path, *trees))
        return frozenset(name for module in modules for name in imported_from(module))
    except (UnreadableError, RecursionError):
        return EVERYTHING


def _others(path: str, *trees: Tree) -> Iterator[ast.Module]:
    seen = set()
    for tree in trees:
        for file in tree.values():
            if file.path.endswith(".py") and file.path != path and file.oid not in seen:
                seen.add(file.oid)
                yield parse(file.data)

"""The names of a notebook, and what each of their values came from."""

import ast
from dataclasses import dataclass, field
from typing import TypeAlias

from bot.core.evidence.notebook_code import dotted_name

# What a value came from: the kind of source, and which one of them.
Sources: TypeAlias = frozenset[tuple[str, int]]
Function: TypeAlias = ast.FunctionDef | ast.AsyncFunctionDef

NOTHING: Sources = frozenset()


@dataclass(slots=True)
class Scope:
    """What the names stand for: values, imported things, functions and classes."""

    values: dict[str, Sources] = field(default_factory=dict)
    imports: dict[str, str] = field(default_factory=dict)
    functions: dict[str, Function | ast.ClassDef] = field(default_factory=dict)

    def bind(self, target: ast.expr, value: Sources) -> None:
        """Assign `value` to a target; a part of something adds to what the whole came from."""
        match target:
            case ast.Name():
                self._forget(target.id)
                self.values[target.id] = value
            case ast.Tuple() | ast.List():
                for element in target.elts:
                    self.bind(element, value)
            case ast.Starred():
                self.bind(target.value, value)
            case ast.Attribute() | ast.Subscript():
                root = _root(target)
                self.values[root] = self.values.get(root, NOTHING) | value

    def define(self, node: Function | ast.ClassDef) -> None:
        """Remember a function or class of the notebook."""
        self._forget(node.name)
        self.functions[node.name] = node

    def take_import(self, node: ast.Import | ast.ImportFrom) -> None:
        """Remember the full names of what is imported."""
        prefix = f"{node.module or ''}." if isinstance(node, ast.ImportFrom) else ""
        for alias in node.names:
            name = alias.asname or (alias.name if prefix else alias.name.partition(".")[0])
            self._forget(name)
            self.imports[name] = f"{prefix}{alias.name}" if prefix or alias.asname else name

    def full_name(self, function: ast.expr) -> str:
        """Return the dotted name of a function, its first part as it was imported."""
        root, dot, rest = dotted_name(function).partition(".")
        return f"{self.imports.get(root, root)}{dot}{rest}"

    def is_imported(self, function: ast.expr) -> bool:
        """Tell whether a function comes from outside the notebook."""
        return dotted_name(function).partition(".")[0] in self.imports

    def _forget(self, name: str) -> None:
        self.values.pop(name, None)
        self.imports.pop(name, None)
        self.functions.pop(name, None)


def has(sources: Sources, kind: str) -> bool:
    """Tell whether any of the sources is of this kind."""
    return any(found == kind for found, _ in sources)


def without(sources: Sources, kind: str) -> Sources:
    """Return the sources of any other kind."""
    return frozenset(source for source in sources if source[0] != kind)


def serials(sources: Sources, kind: str) -> frozenset[int]:
    """Return which sources of this kind there are."""
    return frozenset(serial for found, serial in sources if found == kind)


def _root(target: ast.expr) -> str:
    while isinstance(target, ast.Attribute | ast.Subscript):
        target = target.value
    return target.id if isinstance(target, ast.Name) else "?"

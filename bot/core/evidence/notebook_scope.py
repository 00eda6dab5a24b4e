"""The names of a notebook, and what each of their values came from."""

import ast
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from bot.core.evidence.notebook_calls import ABSENT, DATA, MADE, MODEL, PREDICTION
from bot.core.evidence.notebook_code import dotted_name

# What a value came from: the kind of source, and which one of them.
Sources: TypeAlias = frozenset[tuple[str, int]]
Function: TypeAlias = ast.FunctionDef | ast.AsyncFunctionDef

NOTHING: Sources = frozenset()
NONE: Sources = frozenset({(ABSENT, 0)})
_WANTED = (MODEL, DATA, PREDICTION)


@dataclass(slots=True)
class Scope:
    """What the names stand for: values, imported things, functions and classes.

    Attributes:
        objects: the class of the notebook that a name holds an object of.
    """

    values: dict[str, Sources] = field(default_factory=dict)
    imports: dict[str, str] = field(default_factory=dict)
    functions: dict[str, Function | ast.ClassDef] = field(default_factory=dict)
    objects: dict[str, ast.ClassDef] = field(default_factory=dict)

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

    def take_object(self, target: ast.expr, value: ast.expr) -> None:
        """Remember the class of an object of the notebook, or the module that a name is given."""
        if not isinstance(target, ast.Name) or not isinstance(value, ast.Call):
            return
        if made := self.class_of(value):
            self.objects[target.id] = made
        elif module := self._module(value):
            self.imports[target.id] = module

    def class_of(self, call: ast.Call) -> ast.ClassDef | None:
        """Return the class of the notebook that a call makes an object of."""
        made = self.functions.get(self.full_name(call.func))
        return made if isinstance(made, ast.ClassDef) else None

    def full_name(self, function: ast.expr) -> str:
        """Return the dotted name of a function, its first part as it was imported."""
        root, dot, rest = dotted_name(function).partition(".")
        return f"{self.imports.get(root, root)}{dot}{rest}"

    def is_imported(self, function: ast.expr) -> bool:
        """Tell whether a function comes from outside the notebook."""
        return dotted_name(function).partition(".")[0] in self.imports

    def is_own(self, function: ast.expr) -> bool:
        """Tell whether a function belongs to something that the notebook defines."""
        return dotted_name(function).partition(".")[0] in self.functions

    def _module(self, call: ast.Call) -> str:
        """Return the name of the module that `import_module(name)` gives; empty for other calls."""
        match self.full_name(call.func).rpartition(".")[2], call.args:
            case ("import_module" | "spec_from_file_location", [ast.Constant(value=str(name)), *_]):
                return name
            case ("module_from_spec", [ast.Name(id=spec), *_]):
                return self.imports.get(spec, "")
        return ""

    def _forget(self, name: str) -> None:
        self.values.pop(name, None)
        self.imports.pop(name, None)
        self.functions.pop(name, None)
        self.objects.pop(name, None)


def has(sources: Sources, kind: str) -> bool:
    """Tell whether any of the sources is of this kind."""
    return any(found == kind for found, _ in sources)


def without(sources: Sources, kind: str) -> Sources:
    """Return the sources of any other kind."""
    return frozenset(source for source in sources if source[0] != kind)


def serials(sources: Sources, kind: str) -> frozenset[int]:
    """Return which sources of this kind there are."""
    return frozenset(serial for found, serial in sources if found == kind)


def one_of(choices: Iterable[Sources]) -> Sources:
    """Return what a value came from that is one of these, nobody knows which.

    It is a prediction only if each of them is one, and so are model and sample; what is not
    there at all, such as `None`, is no choice.
    """
    real = [one for one in choices if one != NONE]
    together = NOTHING.union(*real)
    for kind in _WANTED:
        if not all(has(one, kind) for one in real):
            together = without(together, kind)
    return together


def after_branches(
    before: Mapping[str, Sources], ends: Sequence[Mapping[str, Sources]]
) -> dict[str, Sources]:
    """Return what the names hold after branches of which one was taken."""
    if not ends:
        return dict(before)
    names = dict.fromkeys(name for end in ends for name in end)
    return {name: _joined(name, before, ends) for name in names}


def _joined(
    name: str, before: Mapping[str, Sources], ends: Sequence[Mapping[str, Sources]]
) -> Sources:
    old = before.get(name, NOTHING)
    given = [end[name] for end in ends if name in end and end[name] is not old]
    # What was there before is another choice only if somebody made it up.
    kept = [old] if len(given) < len(ends) and (not given or has(old, MADE)) else []
    return one_of([*given, *kept])


def _root(target: ast.expr) -> str:
    while isinstance(target, ast.Attribute | ast.Subscript):
        target = target.value
    return target.id if isinstance(target, ast.Name) else "?"

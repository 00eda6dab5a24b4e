"""Calls of `typing.cast`, which return what they are given."""

import ast
from collections.abc import Collection, Iterator
from typing import NamedTuple, TypeGuard

from bot.core.facts.python.annotation_values import (
    Meanings,
    is_quiet,
    origin_of,
    read_meanings,
    surely_evaluates,
)
from bot.core.facts.python.definite import bound_after_all
from bot.core.facts.python.surroundings import Surroundings
from bot.core.facts.python.taken_out import Part
from bot.core.facts.python.values import Function
from bot.core.facts.python.walk import walk


class _Side(NamedTuple):
    """One version of the module, what its names mean, its casts, and names with a value."""

    module: ast.Module
    meanings: Meanings
    calls: list[ast.Call]
    known: Collection[str]

    @property
    def types(self) -> list[ast.expr]:
        """Return what the calls evaluate and do not use."""
        return [call.args[0] for call in self.calls]


def remove_casts(
    before: ast.Module, after: ast.Module, around: Surroundings
) -> tuple[list[Part], list[Part]]:
    """Turn `cast(T, x)` into `x` in the functions of both, in place; return the types of each.

    All stay where one of them is unsure: its type may have an effect, or may fail where it is new.
    """
    sides = [_side(module, around) for module in (before, after)]
    was, now = sides
    seen = {ast.dump(node) for node in was.types}
    are_quiet = all(is_quiet(node) for node in was.types)
    if not (are_quiet and all(_is_sure(node, now, seen) for node in now.types)):
        return [], []
    for side in sides:
        if side.calls:
            _Remover({id(call) for call in side.calls}).visit(side.module)
    old, new = ([Part("", "", ast.dump(t), t) for t in side.types] for side in sides)
    return old, new


def _side(module: ast.Module, around: Surroundings) -> _Side:
    calls = list(_named_cast(module))
    meanings = read_meanings(module if calls else ast.Module([], []), around.python)
    calls = [call for call in calls if origin_of(call.func, meanings) == "typing.cast"]
    known = bound_after_all(module.body) if calls else frozenset[str]()
    return _Side(module, meanings, calls, known)


def _named_cast(module: ast.Module) -> Iterator[ast.Call]:
    """Yield the calls in bodies of functions that may be of `typing.cast`, each once."""
    found = {
        id(node): node
        for function in walk(module)
        if isinstance(function, Function)
        for statement in function.body
        for node in walk(statement)
        if _is_named_cast(node)
    }
    yield from found.values()


def _is_named_cast(node: ast.AST) -> TypeGuard[ast.Call]:
    match node:
        case ast.Call(
            func=ast.Name(id="cast") | ast.Attribute(attr="cast"), args=[_, value], keywords=[]
        ):
            return not isinstance(value, ast.Starred)
        case _:
            return False


def _is_sure(node: ast.expr, side: _Side, seen: Collection[str]) -> bool:
    """Tell whether a type surely can be evaluated: by what it is, or as it was before."""
    known = side.known
    if surely_evaluates(node, side.meanings, known):
        return True
    names = {part.id for part in walk(node) if isinstance(part, ast.Name)}
    return ast.dump(node) in seen and all(n in known or n not in side.meanings.bound for n in names)


class _Remover(ast.NodeTransformer):
    """Puts the second argument in the place of each of these calls."""

    def __init__(self, calls: Collection[int]) -> None:
        self._calls = calls

    def visit_Call(self, node: ast.Call) -> ast.expr:
        self.generic_visit(node)
        return node.args[1] if id(node) in self._calls else node

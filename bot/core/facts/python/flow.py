"""Functions whose statements are written differently, and run the same ones in the same order."""

import ast
from collections import Counter
from collections.abc import Iterator
from copy import deepcopy
from typing import NamedTuple

from bot.core.facts.python.frames import reads_frames, reads_variables
from bot.core.facts.python.listeners import FRAMES
from bot.core.facts.python.local_names import function_pairs
from bot.core.facts.python.local_values import without_constants
from bot.core.facts.python.same import are_same
from bot.core.facts.python.surroundings import Surroundings
from bot.core.facts.python.values import Function
from bot.core.facts.python.walk import walk

_STORED_AND_READ = 2
_ENDS = ast.Return | ast.Raise | ast.Continue | ast.Break


class Rewritten(NamedTuple):
    """A function whose statements are written differently, and its line after."""

    function: str
    line: int


def undo_rewrites(before: ast.Module, after: ast.Module, around: Surroundings) -> list[Rewritten]:
    """Give functions of `after`, in place, the statements that they had; return which.

    Only where they differ in no more than an `else` after a branch that never reaches its end, a
    `return` of nothing at the end, a name that a value gets only to be returned, or one for a value
    that is written out. What decorators or base classes make of the code of a function is not
    known: those that have them stay.
    """
    if reads_frames(before) or reads_frames(after) or FRAMES in around.listeners:
        return []
    plain = set(_undecorated(before)) & set(_undecorated(after))
    found = []
    for name, was, now in function_pairs(before, after):
        if name not in plain or are_same(was.body, now.body):
            continue
        if are_same(_plain_form(was), _plain_form(now)):
            now.body = was.body
            found.append(Rewritten(name, now.lineno))
    return found


def _undecorated(module: ast.Module) -> Iterator[str]:
    for statement in module.body:
        match statement:
            case ast.FunctionDef(decorator_list=[]) | ast.AsyncFunctionDef(decorator_list=[]):
                yield statement.name
            case ast.ClassDef(bases=[], keywords=[]):
                for inner in statement.body:
                    if isinstance(inner, Function) and not inner.decorator_list:
                        yield f"{statement.name}.{inner.name}"
            case _:
                pass


def _plain_form(function: Function) -> list[ast.stmt]:
    """Return the body of a function without any such `else` or name."""
    body = _flat(deepcopy(function.body))
    if len(body) > 1 and _returns_nothing(body[-1]):
        body.pop()
    if reads_variables(function):
        return body
    parameters = {node.arg for node in walk(function) if isinstance(node, ast.arg)}
    return without_constants(_without_names(body, _single_names(function)), parameters)


def _returns_nothing(statement: ast.stmt) -> bool:
    match statement:
        case ast.Return(value=None | ast.Constant(value=None)):
            return True
        case _:
            return False


def _flat(body: list[ast.stmt]) -> list[ast.stmt]:
    """Return `body` with each `else` after a branch that never reaches its end put behind it."""
    flat: list[ast.stmt] = []
    for statement in body:
        for suite in _suites(statement):
            suite[:] = _flat(suite)
        flat.append(statement)
        if isinstance(statement, ast.If) and isinstance(statement.body[-1], _ENDS):
            flat += statement.orelse
            statement.orelse = []
    return flat


def _without_names(body: list[ast.stmt], names: set[str]) -> list[ast.stmt]:
    """Return `body` with `name = value; return name` as `return value`."""
    kept: list[ast.stmt] = []
    for statement in body:
        for suite in _suites(statement):
            suite[:] = _without_names(suite, names)
        match kept[-1:], statement:
            case (
                [ast.Assign(targets=[ast.Name(id=name)], value=value)],
                ast.Return(value=ast.Name(id=returned)),
            ) if name == returned and name in names:
                kept[-1] = ast.copy_location(ast.Return(value), statement)
            case _:
                kept.append(statement)
    return kept


def _single_names(function: Function) -> set[str]:
    """Return the names that stand in a function exactly twice, and are its own variables."""
    nodes = list(ast.walk(function))
    counts = Counter(node.id for node in nodes if isinstance(node, ast.Name))
    declared = {
        name for node in nodes if isinstance(node, ast.Global | ast.Nonlocal) for name in node.names
    }
    return {name for name, count in counts.items() if count == _STORED_AND_READ} - declared


def _suites(statement: ast.stmt) -> Iterator[list[ast.stmt]]:
    """Yield the suites of a statement that run in its own function."""
    if isinstance(statement, Function | ast.ClassDef):
        return
    for node in (statement, *getattr(statement, "handlers", []), *getattr(statement, "cases", [])):
        for field in ("body", "orelse", "finalbody"):
            if suite := getattr(node, field, None):
                yield suite

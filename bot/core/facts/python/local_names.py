"""Variables of functions that were renamed, and nothing else about them."""

import ast
from collections.abc import Collection, Iterator
from typing import NamedTuple

from bot.core.facts.python.annotation_values import read_meanings
from bot.core.facts.python.annotations import is_plainly_decorated
from bot.core.facts.python.frames import reads_frames, reads_variables
from bot.core.facts.python.listeners import FRAMES
from bot.core.facts.python.names import bindings, is_dynamic
from bot.core.facts.python.scopes import IncomparableError, Place, Writing
from bot.core.facts.python.surroundings import Surroundings
from bot.core.facts.python.values import (
    Function,
    called_with_names,
    is_private,
    keywords,
    read_uncalled,
)

_MOST_PRIVATE = 100  # functions that are looked up in the other files
# Parameters that Keras looks for by their names.
_SOUGHT = frozenset({"mask", "sample_weight", "training"})


class Renamed(NamedTuple):
    """A variable of one function, and the line of the function after."""

    function: str
    before: str
    after: str
    line: int


class _Pair(NamedTuple):
    """One function in both versions."""

    name: str
    before: Function
    after: Function


def undo_renames(before: ast.Module, after: ast.Module, around: Surroundings) -> list[Renamed]:
    """Give variables in `after`, in place, the names that they had; return what was renamed.

    Only in functions that are otherwise the same, and where nothing can see such a name. Parameters
    keep their names but in lambdas and private functions that are called by position only.
    """
    if reads_frames(before) or reads_frames(after) or FRAMES in around.listeners:
        return []
    given = keywords(before) | keywords(after) | _SOUGHT
    by_position = _called_by_position(before, around) & _called_by_position(after, around)
    meanings = read_meanings(after, around.python)
    renamed: list[Renamed] = []
    for pair in function_pairs(before, after):
        if reads_variables(pair.before) or reads_variables(pair.after):
            continue
        if is_plainly_decorated(pair.after, meanings):
            may_rename = pair.name in by_position and not pair.after.decorator_list
            renamed += _undo(pair, given, may_rename_parameters=may_rename)
    return renamed


def function_pairs(before: ast.Module, after: ast.Module) -> Iterator[_Pair]:
    """Yield the functions and methods that both versions define exactly once."""
    was, now = _functions(before), _functions(after)
    for name, function in was.items():
        other = now.get(name)
        if function and other and type(function) is type(other):
            yield _Pair(name, function, other)


def _functions(module: ast.Module) -> dict[str, Function | None]:
    """Return functions by name, methods as `Class.method`; None where there are several."""
    found: dict[str, Function | None] = {}
    for name, statement in _defined(module):
        found[name] = None if name in found else statement
    return found


def _defined(module: ast.Module) -> Iterator[tuple[str, Function]]:
    for statement in module.body:
        if isinstance(statement, Function):
            yield statement.name, statement
        elif isinstance(statement, ast.ClassDef):
            for inner in statement.body:
                if isinstance(inner, Function):
                    yield f"{statement.name}.{inner.name}", inner


def _called_by_position(module: ast.Module, around: Surroundings) -> set[str]:
    """Return the private functions that are only ever called, and without keywords."""
    counts = bindings(module)
    otherwise = read_uncalled(module) | called_with_names(module)
    names = [
        statement.name
        for statement in module.body
        if isinstance(statement, Function)
        and is_private(statement.name)
        and counts[statement.name] == 1
        and statement.name not in otherwise
    ]
    if len(names) > _MOST_PRIVATE or is_dynamic(module):
        return set()
    return {name for name in names if not around.mention(name)}


def _undo(pair: _Pair, given: Collection[str], *, may_rename_parameters: bool) -> Iterator[Renamed]:
    was, now = Writing(given), Writing(given)
    try:
        was.function(pair.before, may_rename_parameters=may_rename_parameters)
        now.function(pair.after, may_rename_parameters=may_rename_parameters)
    except IncomparableError:
        return
    if was.text != now.text:
        return
    names: dict[tuple[str, str], None] = {}
    for old, new in zip(was.places, now.places, strict=True):
        if _name(old) != _name(new):
            names[_name(old), _name(new)] = None
            setattr(new.node, new.attribute, _name(old))
    for before, after in names:
        yield Renamed(pair.name, before, after, pair.after.lineno)


def _name(place: Place) -> str:
    name: str = getattr(place.node, place.attribute)
    return name

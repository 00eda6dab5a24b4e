"""Variables that are only there to be logged: when something began, how many there were."""

import ast
from collections import Counter
from collections.abc import Iterator
from typing import NamedTuple

from bot.core.facts.python.effects import Trust, is_effectless, is_number, is_text
from bot.core.facts.python.frames import reads_variables
from bot.core.facts.python.log_calls import Scope, is_log_statement
from bot.core.facts.python.names import bound_by, is_dynamic
from bot.core.facts.python.values import Function
from bot.core.facts.python.walk import walk

_MOST_ROUNDS = 8  # of looking through values that are made of each other


class _Assignments(NamedTuple):
    """What a function gives each of its variables by `name = value`, and all it does otherwise.

    Attributes:
        values: the values by name.
        names: how often each name stands in the function, as a target or elsewhere.
    """

    values: dict[str, list[ast.expr]]
    names: Counter[str]


def trust_in(function: Function, trust: Trust) -> Trust:
    """Return `trust` with the variables of a function that hold nothing but numbers, or texts."""
    trust = trust._replace(numbers=frozenset(), texts=frozenset())
    values = _assignments(function).values
    if not values or is_dynamic(function):
        return trust
    for _ in range(_MOST_ROUNDS):
        size = len(trust.numbers) + len(trust.texts)
        numbers = {
            name for name, given in values.items() if all(is_number(one, trust) for one in given)
        }
        texts = {
            name
            for name, given in values.items()
            if all(is_text(one, trust, ran=True) for one in given)
        }
        trust = trust._replace(numbers=frozenset(numbers), texts=frozenset(texts))
        if size == len(numbers) + len(texts):
            break
    return trust


def measures(function: Function, scope: Scope) -> frozenset[str]:
    """Return the variables of a function that only log statements read, and each other's values.

    All their values can be taken without effect.
    """
    found = _assignments(function)
    if not found.values or reads_variables(function):
        return frozenset()
    if any(isinstance(node, ast.ClassDef) for node in walk(function)):
        return frozenset()
    names = {
        name
        for name, given in found.values.items()
        if all(is_effectless(value, scope.trust) for value in given)
    }
    in_logs = Counter(_read(n for n in walk(function) if _is_log(n, scope)))
    for _ in range(_MOST_ROUNDS):
        size = len(names)
        in_values = Counter(_read(value for name in names for value in found.values[name]))
        names = {
            name
            for name in names
            if found.names[name] == len(found.values[name]) + in_logs[name] + in_values[name]
        }
        if size == len(names):
            return frozenset(names)
    return frozenset()


def _is_log(node: ast.AST, scope: Scope) -> bool:
    return isinstance(node, ast.stmt) and is_log_statement(node, scope)


def _read(nodes: Iterator[ast.AST]) -> Iterator[str]:
    for node in nodes:
        yield from (part.id for part in walk(node) if isinstance(part, ast.Name))


def _assignments(function: Function) -> _Assignments:
    values: dict[str, list[ast.expr]] = {}
    names: Counter[str] = Counter()
    bound: Counter[str] = Counter()
    for node in walk(function):
        match node:
            case ast.Assign(targets=[ast.Name(id=name)], value=value):
                values.setdefault(name, []).append(value)
            case ast.Name(id=name):
                names[name] += 1
                bound[name] += not isinstance(node.ctx, ast.Load)
            case _ if others := tuple(bound_by(node)):
                names.update(others)
                bound.update(others)
    single = {name: given for name, given in values.items() if bound[name] == len(given)}
    return _Assignments(single, names)

"""Variables of a function that stand for a value that is written out."""

import ast
import copy
from collections import Counter
from collections.abc import Collection, Mapping

from bot.core.facts.python.names import bound_by
from bot.core.facts.python.quiet import is_constant
from bot.core.facts.python.walk import walk


def without_constants(body: list[ast.stmt], parameters: Collection[str]) -> list[ast.stmt]:
    """Return the body of a function with values in place of the variables that hold them.

    Such a variable is given a value that cannot change, once, by a statement that always runs, and
    is only read by those that follow. The statements are changed in place.
    """
    values = {n: v for n, v in _values(body).items() if n not in parameters}
    kept = [statement for statement in body if _name(statement) not in values]
    putter = _Putter(values)
    return [putter.visit(statement) for statement in kept] or [ast.Pass()]


def _values(body: list[ast.stmt]) -> dict[str, ast.expr]:
    bound = Counter(
        name for statement in body for node in walk(statement) for name in bound_by(node)
    )
    seen: set[str] = set()
    values: dict[str, ast.expr] = {}
    for statement in body:
        name = _name(statement)
        if isinstance(statement, ast.Assign) and name not in seen and bound[name] == 1:
            values[name] = statement.value
        seen |= {node.id for node in walk(statement) if isinstance(node, ast.Name)}
    return values


def _name(statement: ast.stmt) -> str:
    """Return the variable that `name = value` gives a value that cannot change."""
    match statement:
        case ast.Assign(targets=[ast.Name(id=name)], value=value) if is_constant(value):
            return name
        case _:
            return ""


class _Putter(ast.NodeTransformer):
    """Puts values in place of names."""

    def __init__(self, values: Mapping[str, ast.expr]) -> None:
        self._values = values

    def visit_Name(self, node: ast.Name) -> ast.expr:
        """Return the value of a name that has one."""
        return copy.copy(self._values[node.id]) if node.id in self._values else node

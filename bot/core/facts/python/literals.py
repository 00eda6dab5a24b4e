"""Values that got a name, or whose name went: a constant is as good as what it holds."""

import ast
import copy
from collections.abc import Mapping

from bot.core.facts.python.names import bindings, identifiers, is_dynamic, used
from bot.core.facts.python.order import movable_definitions
from bot.core.facts.python.quiet import is_constant
from bot.core.facts.python.surroundings import Surroundings


def inline_constants(before: ast.Module, after: ast.Module, around: Surroundings) -> dict[str, int]:
    """Put the value in place of constants that one side only has; return those of `after`.

    The constants stay where they are, unread. Each is bound once, to a value that cannot change,
    before anything can read it, and no file writes an attribute of its name. Returned are those
    that are read by code which was there before, with their lines.
    """
    if around.are_unknown or is_dynamic(before) or is_dynamic(after):
        return {}
    new = _constants(after, before, around)
    known = bindings(before)
    read = {
        name for statement in after.body if _is_old(statement, known) for name in used(statement)
    }
    for module, constants in ((after, new), (before, _constants(before, after, around))):
        inliner = _Inliner(constants)
        module.body = [inliner.visit(statement) for statement in module.body]
    return {name: value.lineno for name, value in new.items() if name in read}


def _is_old(statement: ast.stmt, known: Mapping[str, int]) -> bool:
    names = [statement.name] if isinstance(statement, _NAMED) else list(bindings(statement))
    return not names or any(name in known for name in names)


_NAMED = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef


def _constants(module: ast.Module, other: ast.Module, around: Surroundings) -> dict[str, ast.expr]:
    known = identifiers(other) | around.identifiers | around.written
    return {
        name: statement.value
        for name, statement in movable_definitions(module, around).items()
        if isinstance(statement, ast.Assign) and is_constant(statement.value) and name not in known
    }


class _Inliner(ast.NodeTransformer):
    """Puts values in place of names."""

    def __init__(self, values: Mapping[str, ast.expr]) -> None:
        self._values = values

    def visit_Name(self, node: ast.Name) -> ast.expr:
        """Return the value, where a name is read that has one."""
        is_read = isinstance(node.ctx, ast.Load) and node.id in self._values
        return copy.copy(self._values[node.id]) if is_read else node

"""What is left of code where one of its parameters surely has a known value."""

import ast
import copy
import operator
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from bot.core.facts.python.walk import walk

_COMPARED: Mapping[type[ast.cmpop], Callable[[Any, Any], bool]] = {
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
}
_Suite = (
    ast.Module
    | ast.FunctionDef
    | ast.AsyncFunctionDef
    | ast.ClassDef
    | ast.If
    | ast.For
    | ast.AsyncFor
    | ast.While
    | ast.With
    | ast.AsyncWith
    | ast.Try
    | ast.ExceptHandler
    | ast.match_case
)
_MAKES_GENERATOR = ast.Yield | ast.YieldFrom | ast.Await | ast.Global | ast.Nonlocal


class Folder(ast.NodeTransformer):
    """Puts a value in the place of a variable, and drops the branches that then never run.

    Attributes:
        dropped: the code that never runs.
    """

    def __init__(self, name: str, value: ast.expr) -> None:
        self._name = name
        self._value = value
        self.dropped: list[ast.AST] = []

    def generic_visit(self, node: ast.AST) -> ast.AST:
        """Change what is inside; a body that lost everything becomes `pass`."""
        changed = super().generic_visit(node)
        if isinstance(changed, _Suite) and not changed.body:
            changed.body = [ast.Pass()]
        return changed

    def visit_Name(self, node: ast.Name) -> ast.expr:
        """Return the value in place of the variable."""
        return copy.copy(self._value) if node.id == self._name else node

    def visit_If(self, node: ast.If) -> ast.AST | list[ast.stmt]:
        """Return the statements of the branch that always runs."""
        truth = self._truth(node.test)
        if truth is None:
            return self.generic_visit(node)
        self.dropped += node.orelse if truth else node.body
        return self.suite(node.body if truth else node.orelse)

    def visit_IfExp(self, node: ast.IfExp) -> ast.AST:
        """Return the side that is always taken."""
        truth = self._truth(node.test)
        if truth is None:
            return self.generic_visit(node)
        self.dropped.append(node.orelse if truth else node.body)
        kept: ast.AST = self.visit(node.body if truth else node.orelse)
        return kept

    def suite(self, statements: Iterable[ast.stmt]) -> list[ast.stmt]:
        """Return what stays of statements that follow each other."""
        kept: list[ast.stmt] = []
        for statement in statements:
            changed = self.visit(statement)
            kept += changed if isinstance(changed, list) else [changed]
        return kept

    @property
    def changes_the_function(self) -> bool:
        """Tell whether dropped code makes the function a generator, or a name global."""
        return any(isinstance(n, _MAKES_GENERATOR) for node in self.dropped for n in walk(node))

    def _truth(self, test: ast.expr) -> bool | None:
        """Return whether a condition holds; None if that depends on more than the value."""
        match test:
            case ast.Name(id=self._name):
                return _is_true(self._value)
            case ast.UnaryOp(op=ast.Not(), operand=operand):
                truth = self._truth(operand)
                return None if truth is None else not truth
            case ast.Compare(left=ast.Name(id=self._name), ops=[op], comparators=[other]):
                return self._compared(op, other)
            case ast.BoolOp(op=op, values=[first, *_]):
                # The first decides alone where it is false in `and`, true in `or`.
                truth = self._truth(first)
                return truth if truth is isinstance(op, ast.Or) else None
            case _:
                return None

    def _compared(self, op: ast.cmpop, other: ast.expr) -> bool | None:
        value = self._value
        if not isinstance(value, ast.Constant) or not isinstance(other, ast.Constant):
            return None
        if isinstance(op, ast.Is | ast.IsNot):
            is_none = value.value is None
            return None if other.value is not None else is_none is isinstance(op, ast.Is)
        are_numbers = all(isinstance(v.value, int | float) for v in (value, other))
        are_texts = all(isinstance(v.value, str) for v in (value, other))
        compare = _COMPARED.get(type(op))
        return compare(value.value, other.value) if compare and are_numbers | are_texts else None


def _is_true(value: ast.expr) -> bool | None:
    match value:
        case ast.Constant(value=constant):
            return bool(constant)
        case ast.Tuple(elts=parts):
            return bool(parts)
        case _:
            return None

"""Take out of a syntax tree the statements that only log."""

import ast
import builtins
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from bot.core.facts.python.definite import (
    bound_after,
    bound_after_all,
    bound_by_items,
    unbound_after,
)
from bot.core.facts.python.log_calls import Scope, is_log_statement, read_scope
from bot.core.facts.python.names import bindings, targets

_ALWAYS = frozenset(dir(builtins)) | {"__name__", "__file__"}


def remove_log_statements(module: ast.Module, *, is_new: bool) -> list[ast.stmt]:
    """Remove, in place, every statement of `module` that only logs or prints; return them.

    In new code a statement stays unless each name in it surely has a value there: a log call that
    raises NameError stops scoring. Code that ran so far is not doubted.
    """
    outer = _ALWAYS | bound_after_all(module.body)
    removed: list[ast.stmt] = []
    remover = _Remover(_Rules(read_scope(module), is_new, removed), outer)
    module.body = remover.block(module.body, _ALWAYS)
    return removed


@dataclass(frozen=True, slots=True)
class _Rules:
    scope: Scope
    is_new: bool
    removed: list[ast.stmt]


class _Remover:
    """Walks one scope; `outer` are the names that functions inside it can rely on."""

    def __init__(self, rules: _Rules, outer: AbstractSet[str]) -> None:
        self._rules = rules
        self._outer = outer

    def block(self, body: list[ast.stmt], known: AbstractSet[str]) -> list[ast.stmt]:
        """Return the statements that stay; `known` are the names with a value before them."""
        known = set(known)
        kept = []
        for statement in body:
            if self._is_removable(statement, known):
                self._rules.removed.append(statement)
                continue
            self._enter(statement, known)
            kept.append(statement)
            known |= bound_after(statement)
            known -= unbound_after(statement)
        return kept

    def _is_removable(self, statement: ast.stmt, known: AbstractSet[str]) -> bool:
        if not is_log_statement(statement, self._rules.scope):
            return False
        names = {node.id for node in ast.walk(statement) if isinstance(node, ast.Name)}
        return not self._rules.is_new or names <= known

    def _enter(self, statement: ast.stmt, known: set[str]) -> None:
        match statement:
            case ast.FunctionDef() | ast.AsyncFunctionDef():
                self._function(statement)
            case ast.For() | ast.AsyncFor():
                statement.body = self.block(statement.body, known | targets(statement.target))
                statement.orelse = self.block(statement.orelse, known)
            case ast.With() | ast.AsyncWith():
                statement.body = self.block(statement.body, known | bound_by_items(statement))
            case ast.Try():
                self._try(statement, known)
            case ast.Match():
                self._match(statement, known)
            case ast.If() | ast.While():
                statement.body = self.block(statement.body, known)
                statement.orelse = self.block(statement.orelse, known)
            case ast.ClassDef():
                statement.body = self.block(statement.body, known)
            case _:
                pass

    def _function(self, function: ast.FunctionDef | ast.AsyncFunctionDef) -> None:
        arguments = set(bindings(function.args))
        known = (self._outer - bindings(function).keys()) | arguments
        inner = _Remover(self._rules, known | bound_after_all(function.body))
        function.body = inner.block(function.body, known)

    def _try(self, statement: ast.Try, known: set[str]) -> None:
        tried = known | bound_after_all(statement.body)
        statement.body = self.block(statement.body, known)
        for handler in statement.handlers:
            caught = {handler.name} if handler.name else set()
            handler.body = self.block(handler.body, known | caught)
        statement.orelse = self.block(statement.orelse, tried)
        statement.finalbody = self.block(statement.finalbody, known)

    def _match(self, statement: ast.Match, known: set[str]) -> None:
        for case in statement.cases:
            case.body = self.block(case.body, known | bindings(case.pattern).keys())

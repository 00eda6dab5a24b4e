"""Take out of a syntax tree the statements that only log."""

import ast
import builtins
from collections.abc import Iterable
from typing import TypeGuard

from bot.core.facts.python.conditions import is_plain_condition
from bot.core.facts.python.definite import (
    bound_after,
    bound_after_all,
    bound_by_items,
    unbound_after,
)
from bot.core.facts.python.frames import reads_frames
from bot.core.facts.python.listeners import FRAMES
from bot.core.facts.python.log_calls import Scope, is_log_statement, read_scope
from bot.core.facts.python.measures import measures, trust_in
from bot.core.facts.python.names import bindings, targets
from bot.core.facts.python.walk import walk

_ALWAYS = frozenset(dir(builtins)) | {"__name__", "__file__"}


class _Known:
    """The names that surely have a value at a place: its own, and its surroundings'."""

    def __init__(
        self, around: "_Known | None", names: Iterable[str], hidden: Iterable[str] = ()
    ) -> None:
        self._around = around
        self.names = set(names)
        self.hidden = set(hidden)

    def __contains__(self, name: str) -> bool:
        if name in self.names:
            return True
        return name not in self.hidden and self._around is not None and name in self._around

    def pass_by(self, bound: set[str], unbound: set[str]) -> None:
        """Take in what a statement binds and unbinds."""
        self.names |= bound
        self.names -= unbound
        self.hidden |= unbound


def remove_log_statements(
    module: ast.Module, listeners: frozenset[str], later: ast.Module | None = None
) -> list[ast.stmt]:
    """Remove, in place, every statement of `module` that only logs or prints; return them.

    In new code a statement stays unless each name in it surely has a value there: a log call that
    raises NameError stops scoring. Code that ran so far is not doubted; but what stayed in the
    `later` version of it stays.
    """
    always = _Known(None, _ALWAYS)
    functions = _Known(always, bound_after_all(module.body))
    scope = read_scope(module, listeners)
    if later:
        scope = scope._replace(trust=scope.trust._replace(ran=True))
    remover = _Remover(scope, functions, _left(later) if later else None)
    remover.may_measure = not reads_frames(module) and FRAMES not in listeners
    module.body = remover.block(module.body, always)
    return remover.removed


def _left(later: ast.Module) -> frozenset[str]:
    """Return the code of statements that only log, or guard nothing, and were not removed."""
    return frozenset(
        ast.dump(node)
        for node in walk(later)
        if isinstance(node, ast.Assign | ast.Expr) or (isinstance(node, ast.If) and not node.body)
    )


def _is_read(node: ast.AST) -> TypeGuard[ast.Name]:
    return isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)


class _Remover:
    """Walks a module; `_outer` are the names that functions at the current place can rely on.

    `_stays` is the code that stayed in the later version; None if this is the later one.
    """

    def __init__(self, scope: Scope, outer: _Known, stays: frozenset[str] | None) -> None:
        self._scope = scope
        self._outer = outer
        self._stays = stays
        self._is_new = stays is None
        self._measures: frozenset[str] = frozenset()
        self.may_measure = True
        self.removed: list[ast.stmt] = []

    def block(
        self, body: list[ast.stmt], around: _Known, names: Iterable[str] = ()
    ) -> list[ast.stmt]:
        """Return the statements that stay; `names` have a value besides those around."""
        known = _Known(around, names)
        kept = []
        for statement in body:
            bound, unbound = bound_after(statement), unbound_after(statement)
            if self._is_removable(statement, known):
                self.removed.append(statement)
            else:
                self._enter(statement, known)
                if not self._guards_nothing(statement, known):
                    kept.append(statement)
            known.pass_by(bound, unbound)
        return kept

    def _is_removable(self, statement: ast.stmt, known: _Known) -> bool:
        if not (is_log_statement(statement, self._scope) or self._is_measure(statement)):
            return False
        return self._may_go(statement, known)

    def _may_go(self, statement: ast.stmt, known: _Known) -> bool:
        if self._stays is not None:
            return ast.dump(statement) not in self._stays
        return all(node.id in known for node in walk(statement) if _is_read(node))

    def _guards_nothing(self, statement: ast.stmt, known: _Known) -> bool:
        """Tell whether a statement is a plain condition of log statements that were removed."""
        match statement:
            case ast.If(test=test, body=[], orelse=[]):
                is_plain = is_plain_condition(test, self._scope, is_new=self._is_new)
                return is_plain and self._may_go(statement, known)
            case _:
                return False

    def _is_measure(self, statement: ast.stmt) -> bool:
        match statement:
            case ast.Assign(targets=[ast.Name(id=name)]):
                return name in self._measures
            case _:
                return False

    def _enter(self, statement: ast.stmt, known: _Known) -> None:
        match statement:
            case ast.FunctionDef() | ast.AsyncFunctionDef():
                self._function(statement)
            case ast.For() | ast.AsyncFor():
                statement.body = self.block(statement.body, known, targets(statement.target))
                statement.orelse = self.block(statement.orelse, known)
            case ast.With() | ast.AsyncWith():
                statement.body = self.block(statement.body, known, bound_by_items(statement))
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
        outer, scope, gauges = self._outer, self._scope, self._measures
        self._scope = scope._replace(trust=trust_in(function, scope.trust))
        self._measures = measures(function, self._scope) if self.may_measure else frozenset()
        around = _Known(outer, bindings(function.args), hidden=bindings(function))
        self._outer = _Known(around, bound_after_all(function.body))
        function.body = self.block(function.body, around)
        self._outer, self._scope, self._measures = outer, scope, gauges

    def _try(self, statement: ast.Try, known: _Known) -> None:
        tried = bound_after_all(statement.body)
        if not all(is_log_statement(inner, self._scope) for inner in statement.body):
            statement.body = self.block(statement.body, known)  # else it is what is tried
        for handler in statement.handlers:
            caught = [handler.name] if handler.name else []
            handler.body = self.block(handler.body, known, caught)
        statement.orelse = self.block(statement.orelse, known, tried)
        statement.finalbody = self.block(statement.finalbody, known)

    def _match(self, statement: ast.Match, known: _Known) -> None:
        for case in statement.cases:
            case.body = self.block(case.body, known, bindings(case.pattern))

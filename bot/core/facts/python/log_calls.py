"""Statements that only write a log or to the terminal."""

import ast
import builtins
from collections.abc import Collection
from typing import NamedTuple

from bot.core.facts.python.effects import Trust, is_effectless
from bot.core.facts.python.names import bindings
from bot.core.facts.python.walk import walk

_METHODS = frozenset(
    {"critical", "debug", "error", "exception", "info", "log", "setLevel", "warn", "warning"}
)
_LOG_KEYWORDS = frozenset({"exc_info", "stack_info", "stacklevel"})
_PRINT_KEYWORDS = frozenset({"end", "flush", "sep"})
# `filename`, `handlers` and `stream` open or redirect something: they are no mere setting.
_SETUP_KEYWORDS = frozenset({"datefmt", "format", "level", "style"})
_MODULES = ("logging", "sys", "time")


class Scope(NamedTuple):
    """What the names of one file can be trusted to mean.

    Attributes:
        modules: those of logging, sys and time that are bound by a plain import and nothing else.
        loggers: names bound once, to `logging.getLogger(…)`, and never written through.
        trust: what the other names can be trusted to be.
    """

    modules: frozenset[str]
    loggers: frozenset[str]
    trust: Trust


def read_scope(module: ast.Module) -> Scope:
    """Return what the names of `module` can be trusted to mean: nothing after `import *`."""
    bound = bindings(module)
    if bound["*"]:
        return Scope(frozenset(), frozenset(), Trust(frozenset({*dir(builtins), "time"})))
    imports = [
        alias.name
        for node in walk(module)
        if isinstance(node, ast.Import)
        for alias in node.names
        if alias.asname is None
    ]
    modules = frozenset(
        name for name in _MODULES if 0 < bound[name] == sum(i == name for i in imports)
    )
    written = _written_through(module)
    loggers = {name for name in _made_after_import(module) if bound[name] == 1} - written
    hidden = {name for name in bound if hasattr(builtins, name) or name == "time"}
    modules -= written
    if "logging" not in modules:
        loggers = set()
    return Scope(modules, frozenset(loggers), Trust(frozenset(hidden) - modules))


def _made_after_import(module: ast.Module) -> set[str]:
    """Return the loggers of the module's top that follow a top-level `import logging`."""
    found = set()
    is_imported = False
    for statement in module.body:
        if isinstance(statement, ast.Import):
            is_imported |= any(alias.name == "logging" for alias in statement.names)
        elif is_imported and (name := logger_name(statement)):
            found.add(name)
    return found


def logger_name(statement: ast.stmt) -> str | None:
    """Return the name that `name = logging.getLogger(…)` binds; None for other statements."""
    match statement:
        case ast.Assign(
            targets=[ast.Name(id=name)],
            value=ast.Call(
                func=ast.Attribute(value=ast.Name(id="logging"), attr="getLogger"),
                args=[] | [ast.Constant() | ast.Name(id="__name__")],
                keywords=[],
            ),
        ):
            return name
        case _:
            return None


def is_log_statement(statement: ast.stmt, scope: Scope) -> bool:
    """Tell whether a statement only logs or prints, with arguments that have no effect."""
    match statement:
        case ast.Expr(value=ast.Call(func=ast.Name(id="print")) as call):
            return "print" not in scope.trust.rebound and _is_plain_print(call, scope)
        case ast.Expr(value=ast.Call(func=ast.Attribute(value=ast.Name(id=owner))) as call):
            if owner not in scope.loggers and not (owner == "logging" and owner in scope.modules):
                return False
            return _is_plain_log(call, owner, scope)
        case _:
            return False


def _is_plain_print(call: ast.Call, scope: Scope) -> bool:
    return _arguments_are_effectless(call, scope) and all(
        (keyword.arg in _PRINT_KEYWORDS and is_effectless(keyword.value, scope.trust))
        or (keyword.arg == "file" and _is_standard_stream(keyword.value, scope))
        for keyword in call.keywords
    )


def _is_standard_stream(node: ast.expr, scope: Scope) -> bool:
    match node:
        case ast.Attribute(value=ast.Name(id="sys"), attr="stdout" | "stderr"):
            return "sys" in scope.modules
        case _:
            return False


def _is_plain_log(call: ast.Call, owner: str, scope: Scope) -> bool:
    method = call.func.attr if isinstance(call.func, ast.Attribute) else ""
    if method == "basicConfig":
        return owner == "logging" and _has_keywords(call, _SETUP_KEYWORDS, scope)
    return method in _METHODS and _has_keywords(call, _LOG_KEYWORDS, scope)


def _has_keywords(call: ast.Call, allowed: Collection[str], scope: Scope) -> bool:
    return _arguments_are_effectless(call, scope) and all(
        keyword.arg in allowed and is_effectless(keyword.value, scope.trust)
        for keyword in call.keywords
    )


def _arguments_are_effectless(call: ast.Call, scope: Scope) -> bool:
    return all(is_effectless(argument, scope.trust) for argument in call.args)


def _written_through(module: ast.Module) -> frozenset[str]:
    """Return the names whose attributes are assigned to: `logging.info = …`."""
    return frozenset(
        node.value.id
        for node in walk(module)
        if isinstance(node, ast.Attribute)
        and not isinstance(node.ctx, ast.Load)
        and isinstance(node.value, ast.Name)
    )

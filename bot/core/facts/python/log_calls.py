"""Statements that only write a log or to the terminal."""

import ast
import builtins
import re
from collections.abc import Callable, Collection, Mapping
from typing import NamedTuple

from bot.core.facts.python.effects import Trust, is_effectless
from bot.core.facts.python.listeners import LENGTHS, LEVELS, LOGS, PRINTS, TEXTS
from bot.core.facts.python.names import bindings
from bot.core.facts.python.walk import walk

_METHODS = frozenset({"critical", "debug", "error", "exception", "info", "warn", "warning"})
_LEVELS = frozenset({"CRITICAL", "DEBUG", "ERROR", "FATAL", "INFO", "NOTSET", "WARN", "WARNING"})
_MODULES = ("logging", "os", "sys", "time")
_TRUSTED = frozenset({"os", "time"})  # modules whose functions may stand in a log call
# What `basicConfig` takes for a format: anything else raises an error.
_FORMAT = r"(?i)%\(\w+\)[#0+ -]*(?:\*|\d+)?(?:\.(?:\*|\d+))?[diouxefgcrsa%]"


class Scope(NamedTuple):
    """What the names of one file can be trusted to mean.

    Attributes:
        modules: those of `_MODULES` that are bound by a plain import and nothing else.
        loggers: names bound once, to `logging.getLogger(…)`, and never written through.
        trust: what the other names can be trusted to be, and who listens.
    """

    modules: frozenset[str]
    loggers: frozenset[str]
    trust: Trust


def read_scope(module: ast.Module, listeners: frozenset[str] = frozenset()) -> Scope:
    """Return what the names of `module` can be trusted to mean: nothing after `import *`."""
    bound = bindings(module)
    if bound["*"]:
        hidden = {*dir(builtins), *_TRUSTED}
        return Scope(frozenset(), frozenset(), Trust(frozenset(hidden), listeners=listeners))
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
    hidden = {name for name in bound if hasattr(builtins, name) or name in _TRUSTED}
    modules -= written
    if "logging" not in modules:
        loggers = set()
    heard = {name for mark, names in _HEARD.items() if mark in listeners for name in names}
    trust = Trust(frozenset(hidden) - modules | heard, listeners=listeners)
    return Scope(modules, frozenset(loggers), trust)


_HEARD: Mapping[str, tuple[str, ...]] = {
    PRINTS: ("print",),
    TEXTS: ("repr", "str"),
    LENGTHS: ("len",),
}


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
        case ast.Expr(
            value=ast.Call(func=ast.Attribute(value=ast.Name(id=owner), attr=method)) as call
        ):
            if owner not in scope.loggers and not (owner == "logging" and owner in scope.modules):
                return False
            return _is_plain_log(call, method, owner, scope)
        case _:
            return False


def _is_plain_print(call: ast.Call, scope: Scope) -> bool:
    return _arguments_are_effectless(call.args, scope) and all(
        _is_keyword(keyword, _PRINT_KEYWORDS)
        or (keyword.arg == "file" and _is_standard_stream(keyword.value, scope))
        for keyword in call.keywords
    )


def _is_standard_stream(node: ast.expr, scope: Scope) -> bool:
    match node:
        case ast.Attribute(value=ast.Name(id="sys"), attr="stdout" | "stderr"):
            return "sys" in scope.modules
        case _:
            return False


def _is_plain_log(call: ast.Call, method: str, owner: str, scope: Scope) -> bool:
    """Accept a call that surely does not fail, as it would without a message."""
    is_setting = LEVELS not in scope.trust.listeners
    match method, call.args:
        case "basicConfig", []:
            is_ours = owner == "logging" and is_setting
            return is_ours and all(_is_keyword(word, _SETUP_KEYWORDS) for word in call.keywords)
        case "setLevel", [level]:
            return is_setting and _is_level(level) and not call.keywords
        case "log", [level, *message]:
            return _is_level(level) and _is_message(message, call.keywords, scope)
        case _:
            return method in _METHODS and _is_message(call.args, call.keywords, scope)


def _is_message(
    parts: Collection[ast.expr], keywords: Collection[ast.keyword], scope: Scope
) -> bool:
    is_heard = LOGS in scope.trust.listeners or not _arguments_are_effectless(parts, scope)
    return bool(parts) and not is_heard and all(_is_keyword(k, _LOG_KEYWORDS) for k in keywords)


def _is_keyword(keyword: ast.keyword, allowed: Mapping[str, Callable[[ast.expr], bool]]) -> bool:
    return (
        keyword.arg is not None and keyword.arg in allowed and allowed[keyword.arg](keyword.value)
    )


def _is_level(node: ast.expr) -> bool:
    match node:
        case ast.Constant(value=value):
            return type(value) is int or value in _LEVELS
        case ast.Attribute(value=ast.Name(id="logging"), attr=name):
            return name in _LEVELS
        case _:
            return False


def _is_format(node: ast.expr) -> bool:
    return _is_text(node) and re.search(_FORMAT, ast.literal_eval(node)) is not None


def _is_text(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, str)


def _is_constant(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant)


def _is_whole_number(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and type(node.value) is int


def _is_known_value(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant | ast.Name)


_LOG_KEYWORDS = {
    "exc_info": _is_known_value,
    "stack_info": _is_constant,
    "stacklevel": _is_whole_number,
}
_PRINT_KEYWORDS = {"end": _is_text, "flush": _is_constant, "sep": _is_text}
# `filename`, `handlers` and `stream` open or redirect something: they are no mere setting.
_SETUP_KEYWORDS = {"datefmt": _is_text, "format": _is_format, "level": _is_level}


def _arguments_are_effectless(arguments: Collection[ast.expr], scope: Scope) -> bool:
    is_text = TEXTS not in scope.trust.listeners
    return all(
        is_effectless(argument, scope.trust) and (is_text or isinstance(argument, ast.Constant))
        for argument in arguments
    )


def _written_through(module: ast.Module) -> frozenset[str]:
    """Return the names whose attributes are assigned to: `logging.info = …`, `os.path.join = …`."""
    return frozenset(
        owner.id
        for node in walk(module)
        if isinstance(node, ast.Attribute) and not isinstance(node.ctx, ast.Load)
        for owner in [node.value.value if isinstance(node.value, ast.Attribute) else node.value]
        if isinstance(owner, ast.Name)
    )

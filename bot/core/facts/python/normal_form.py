"""Syntax trees in a form in which code that does the same looks the same."""

import ast
from collections import Counter
from collections.abc import Collection

from bot.core.facts.python.names import EVERYTHING, bindings, is_dynamic, used
from bot.core.facts.python.walk import walk

_SUITES = ("body", "orelse", "finalbody")
_HAVE_DOCSTRINGS = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)


def trim(module: ast.Module, *, keep_docstrings: bool) -> None:
    """Remove, in place, what has no effect: docstrings, bare constants, superfluous `pass`."""
    for node in walk(module):
        if isinstance(node, ast.Constant):
            node.kind = None  # u"text" is "text"
        for suite in _SUITES:
            statements = getattr(node, suite, None)
            if isinstance(statements, list):
                keep_first = keep_docstrings and suite == "body" and _has_docstring(node)
                kept = _trimmed(statements, keep_first=keep_first)
                setattr(node, suite, kept or _filler(node, suite))


def unname_handlers(module: ast.Module, taken: Collection[str]) -> list[ast.ExceptHandler]:
    """Turn, in place, `except E as name` into `except E` where nothing reads it; return those."""
    handlers = [node for node in walk(module) if isinstance(node, ast.ExceptHandler)]
    caught = Counter(handler.name for handler in handlers)
    bound, read = bindings(module), used(module) | set(taken)
    if is_dynamic(module) or read >= EVERYTHING:
        return []
    unread = [h for h in handlers if h.name and h.name not in read]
    unread = [handler for handler in unread if bound[handler.name or ""] == caught[handler.name]]
    for handler in unread:
        handler.name = None
    return unread


def reads_docstrings(module: ast.Module) -> bool:
    """Tell whether code uses docstrings, which makes them more than comments."""
    return any(
        (isinstance(node, ast.Attribute) and node.attr == "__doc__")
        or (isinstance(node, ast.Name) and node.id == "__doc__")
        or (isinstance(node, ast.Constant) and node.value == "__doc__")
        for node in walk(module)
    )


def _trimmed(statements: list[ast.stmt], *, keep_first: bool) -> list[ast.stmt]:
    return [
        statement
        for index, statement in enumerate(statements)
        if (keep_first and index == 0) or not _is_empty(statement)
    ]


def _filler(node: ast.AST, suite: str) -> list[ast.stmt]:
    """Return what an emptied suite holds: a body needs a statement, the others can go."""
    line = getattr(node, "lineno", 1)
    return [ast.Pass(lineno=line, col_offset=0)] if suite == "body" else []


def _is_empty(statement: ast.stmt) -> bool:
    return isinstance(statement, ast.Pass) or (
        isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)
    )


def _has_docstring(node: ast.AST) -> bool:
    return isinstance(node, _HAVE_DOCSTRINGS) and ast.get_docstring(node, clean=False) is not None

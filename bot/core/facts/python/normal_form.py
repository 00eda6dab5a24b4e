"""Syntax trees in a form in which code that does the same looks the same."""

import ast
from collections import Counter
from collections.abc import Collection, Iterable

from bot.core.facts.python.names import EVERYTHING, bindings, is_dynamic, used
from bot.core.facts.python.walk import walk

_SUITES = ("body", "orelse", "finalbody")
# Names of what looks at docstrings, and at the text of functions, where a file has them.
_DOCSTRING_READERS = frozenset({"__doc__", "docopt", "getdoc", "langchain", "langchain_core"})
_SOURCE_READERS = frozenset({"co_firstlineno", "f_lineno", "getsource", "getsourcelines"})
_LATER = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda | ast.GeneratorExp
_HAVE_DOCSTRINGS = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)


def trim(module: ast.Module, *, keep_docstrings: bool) -> None:
    """Remove, in place, what has no effect: docstrings, bare constants, superfluous `pass`.

    A class of the only base `object` is one without a base.
    """
    is_object = not {"object", "*"} & bindings(module).keys()
    for node in walk(module):
        if is_object and isinstance(node, ast.ClassDef):
            node.bases = [] if _is_object(node.bases) else node.bases
        if isinstance(node, ast.Constant):
            node.kind = None  # u"text" is "text"
        for suite in _SUITES:
            statements = getattr(node, suite, None)
            if isinstance(statements, list):
                keep_first = keep_docstrings and suite == "body" and _has_docstring(node)
                kept = _trimmed(statements, keep_first=keep_first)
                setattr(node, suite, kept or _filler(node, suite))


def unname_handlers(module: ast.Module, taken: Collection[str]) -> list[ast.ExceptHandler]:
    """Turn, in place, `except E as name` into `except E` where nothing reads it; return those.

    Others of the same name may be read, each in its own body only, and at once.
    """
    handlers = [node for node in walk(module) if isinstance(node, ast.ExceptHandler)]
    caught = Counter(handler.name for handler in handlers)
    bound, read = bindings(module), _read_outside(module, handlers) | set(taken)
    if is_dynamic(module) or read >= EVERYTHING:
        return []
    unread = [
        handler
        for handler in handlers
        if handler.name
        and handler.name not in read | _used_in(handler.body)
        and bound[handler.name] == caught[handler.name]
    ]
    for handler in unread:
        handler.name = None
    return unread


def _read_outside(module: ast.Module, handlers: list[ast.ExceptHandler]) -> set[str]:
    """Return the names that are read elsewhere than in a handler that binds them.

    So are those read in functions of a handler, and those of a handler inside of it.
    """
    inside = {id(n) for h in handlers for s in h.body for n in walk(s) if _is(n, h.name)}
    later = {
        name
        for handler in handlers
        for node in walk(handler)
        for name in (_used_in([node]) if isinstance(node, _LATER) else [])
    }
    nested = {
        inner.name
        for handler in handlers
        for statement in handler.body
        for inner in walk(statement)
        if isinstance(inner, ast.ExceptHandler) and inner.name == handler.name
    }
    others = [n for n in walk(module) if isinstance(n, ast.Name) and id(n) not in inside]
    quoted = used(module) - {n.id for n in walk(module) if isinstance(n, ast.Name)}
    return {*(node.id for node in others), *later, *quoted, *(name for name in nested if name)}


def _is(node: ast.AST, name: str | None) -> bool:
    return isinstance(node, ast.Name) and node.id == name


def _used_in(nodes: Iterable[ast.AST]) -> set[str]:
    return {name for node in nodes for name in used(node)}


def reads_docstrings(names: Collection[str]) -> bool:
    """Tell whether code that holds these names uses docstrings: they are more than comments."""
    return not _DOCSTRING_READERS.isdisjoint(names)


def reads_source(names: Collection[str]) -> bool:
    """Tell whether code that holds these names uses its own text, comments and lines included."""
    return not _SOURCE_READERS.isdisjoint(names)


def _is_object(bases: list[ast.expr]) -> bool:
    match bases:
        case [ast.Name(id="object")]:
            return True
        case _:
            return False


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

"""Names that surely have a value where a statement stands."""

import ast
from collections.abc import Iterable

from bot.core.facts.python.names import alias_name, targets
from bot.core.facts.python.walk import walk

_ENDS = ast.Return | ast.Raise | ast.Continue | ast.Break


def bound_after(statement: ast.stmt) -> set[str]:
    """Return the names that surely have a value once `statement` has run to its end."""
    match statement:
        case ast.With() | ast.AsyncWith():
            names = bound_by_items(statement) | bound_after_all(statement.body)
        case ast.If():
            names = _after_either([statement.body, statement.orelse])
        case ast.Try():
            names = _after_try(statement)
        case _:
            names = _bound_by_simple(statement)
    return names


def _bound_by_simple(statement: ast.stmt) -> set[str]:
    match statement:
        case ast.Assign():
            return {name for target in statement.targets for name in targets(target)}
        case ast.AnnAssign(value=ast.expr()) | ast.AugAssign():
            return targets(statement.target)
        case ast.Import() | ast.ImportFrom():
            return {alias_name(alias) for alias in statement.names}
        case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
            return {statement.name}
        case _:
            return set()


def bound_after_all(body: Iterable[ast.stmt]) -> set[str]:
    """Return the names that surely have a value after all these statements."""
    return {name for statement in body for name in bound_after(statement)}


def bound_by_items(statement: ast.With | ast.AsyncWith) -> set[str]:
    """Return the names that a `with` binds by `as`."""
    return {
        name
        for item in statement.items
        if item.optional_vars is not None
        for name in targets(item.optional_vars)
    }


def unbound_after(statement: ast.stmt) -> set[str]:
    """Return the names that may have lost their value: deleted, or of a caught exception."""
    return {
        name
        for node in walk(statement)
        for name in (
            [node.id]
            if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Del)
            else [node.name]
            if isinstance(node, ast.ExceptHandler) and node.name
            else []
        )
    }


def _after_try(statement: ast.Try) -> set[str]:
    tried = [*statement.body, *statement.orelse]
    handlers = [handler.body for handler in statement.handlers]
    return _after_either([tried, *handlers]) | bound_after_all(statement.finalbody)


def _after_either(branches: list[list[ast.stmt]]) -> set[str]:
    """Return what every branch binds, those that never reach the end left out."""
    reaching = [bound_after_all(body) for body in branches if not _ends(body)]
    return set.intersection(*reaching) if reaching else set()


def _ends(body: list[ast.stmt]) -> bool:
    return bool(body) and isinstance(body[-1], _ENDS)

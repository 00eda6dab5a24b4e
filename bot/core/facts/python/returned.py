"""What a function returns, as far as code shows it: keys, columns, the length of a tuple."""

import ast
from collections.abc import Iterable, Iterator

_FILLING = frozenset({"append", "extend", "insert", "update", "setdefault"})
_NAMING = frozenset({"assign", "update"})  # methods whose keywords become keys or columns


def returned_names(function: ast.AST) -> frozenset[str]:
    """Return the names that stand in what a function returns or yields."""
    values = (node.value for node in ast.walk(function) if isinstance(node, _GIVING) and node.value)
    return frozenset(
        name.id for value in values for name in ast.walk(value) if isinstance(name, ast.Name)
    )


_GIVING = ast.Return | ast.Yield | ast.YieldFrom


def returned_parts(statements: Iterable[ast.AST], names: frozenset[str]) -> list[str]:
    """Return the parts of a function's result that these statements name, as texts for people.

    `names` are those whose values the function returns: what is put into them counts too.
    """
    nodes = (node for statement in statements for node in ast.walk(statement))
    return [part for node in nodes for part in _parts(node, names)]


def _parts(node: ast.AST, names: frozenset[str]) -> Iterator[str]:
    match node:
        case ast.Return(value=ast.expr() as value) | ast.Yield(value=ast.expr() as value):
            yield from _of_tuple(value)
            yield from _keys(value)
        case ast.Assign(targets=[ast.Name(id=name)], value=value) if name in names:
            yield from _keys(value)
        case ast.Assign(targets=[ast.Subscript(value=ast.Name(id=name), slice=item)]) if (
            name in names
        ):
            yield from _key(item)
        case ast.Call(func=ast.Attribute(value=ast.Name(id=name), attr=method)) if name in names:
            yield from _filled(node, method)
        case _:
            return


def _of_tuple(value: ast.expr) -> Iterator[str]:
    if isinstance(value, ast.Tuple):
        yield f"tuple of {len(value.elts)}"


def _filled(call: ast.Call, method: str) -> Iterator[str]:
    if method in _FILLING:
        for argument in call.args:
            yield from _keys(argument)
    if method in _NAMING:
        yield from (f"key '{keyword.arg}'" for keyword in call.keywords if keyword.arg)


def _keys(value: ast.expr) -> Iterator[str]:
    """Yield the keys of the dictionaries in an expression, and the columns it selects or names."""
    for node in ast.walk(value):
        match node:
            case ast.Dict(keys=keys):
                items = [key for key in keys if key]
            case ast.Subscript(slice=ast.List(elts=items)):
                pass
            case ast.keyword(arg="columns", value=ast.List(elts=items)):
                pass
            case _:
                continue
        for item in items:
            yield from _key(item)


def _key(item: ast.expr) -> Iterator[str]:
    if isinstance(item, ast.Constant) and isinstance(item.value, str):
        yield f"key '{item.value}'"

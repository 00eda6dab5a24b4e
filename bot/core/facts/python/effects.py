"""Expressions whose evaluation changes nothing.

Assumed, because nothing static can prove it: that reading a name or an attribute and turning a
value into text have no effect and do not fail. Everything else needs to be on the lists below.
"""

import ast
from collections.abc import Collection
from string import Formatter

_PURE_FUNCTIONS = frozenset({"len", "repr", "str", "type", "id"})
_CLOCK_FUNCTIONS = frozenset({"monotonic", "perf_counter", "process_time", "time"})
_CLOCKS = (ast.Sub, ast.Add)


def is_effectless(node: ast.expr, rebound: Collection[str] = ()) -> bool:
    """Tell whether evaluating `node` changes nothing; `rebound` are names that mean something else.

    The names trusted to mean what they usually do are the builtins and `time`.
    """
    match node:
        case ast.Constant() | ast.Name(ctx=ast.Load()):
            answer = True
        case ast.Attribute(value=value):
            answer = is_effectless(value, rebound)
        case ast.JoinedStr(values=parts) | ast.Tuple(elts=parts) | ast.List(elts=parts):
            answer = all(is_effectless(part, rebound) for part in parts)
        case ast.FormattedValue(value=value, format_spec=spec):
            answer = all(is_effectless(part, rebound) for part in (value, spec) if part)
        case ast.Subscript():
            answer = _is_shape_item(node)
        case ast.BinOp():
            answer = _is_effectless_operation(node, rebound)
        case ast.Call():
            answer = _is_pure_call(node, rebound)
        case _:
            answer = False
    return answer


def _is_shape_item(node: ast.Subscript) -> bool:
    """Accept `data.shape[0]` only: a subscript may fail, or insert as in a defaultdict."""
    match node:
        case ast.Subscript(
            value=ast.Attribute(value=value, attr="shape"), slice=ast.Constant(value=int())
        ):
            return is_effectless(value)
        case _:
            return False


def _is_effectless_operation(node: ast.BinOp, rebound: Collection[str]) -> bool:
    operands = (node.left, node.right)
    if isinstance(node.op, _CLOCKS) and any(_is_clock(operand) for operand in operands):
        return all(is_effectless(operand, rebound) for operand in operands)
    return (
        isinstance(node.op, ast.Mod)
        and isinstance(node.left, ast.Constant)
        and isinstance(node.left.value, str)
        and is_effectless(node.right, rebound)
        and _percent_fields(node.left.value) == _count(node.right)
    )


def _percent_fields(text: str) -> int | None:
    """Return how many values a `%` format of `%s`, `%r` and `%%` takes; None for other formats."""
    rest = text.replace("%%", "")
    fields = rest.count("%s") + rest.count("%r")
    return fields if fields == rest.count("%") else None


def _count(node: ast.expr) -> int:
    return len(node.elts) if isinstance(node, ast.Tuple) else 1


def _is_pure_call(node: ast.Call, rebound: Collection[str]) -> bool:
    if _is_clock(node):
        return "time" not in rebound
    arguments_are_effectless = all(is_effectless(argument, rebound) for argument in node.args)
    match node:
        case ast.Call(func=ast.Name(id=name), args=[_], keywords=[]):
            return name in _PURE_FUNCTIONS and name not in rebound and arguments_are_effectless
        case ast.Call(
            func=ast.Attribute(value=ast.Constant(value=str(text)), attr="format"), keywords=[]
        ):
            return arguments_are_effectless and _takes(text, len(node.args))
        case _:
            return False


def _is_clock(node: ast.expr) -> bool:
    match node:
        case ast.Call(
            func=ast.Attribute(value=ast.Name(id="time"), attr=name), args=[], keywords=[]
        ):
            return name in _CLOCK_FUNCTIONS
        case _:
            return False


def _takes(text: str, count: int) -> bool:
    """Tell whether a format string takes exactly `count` values, by automatic numbering."""
    try:
        fields = [name for _, name, _, _ in Formatter().parse(text) if name is not None]
    except ValueError:
        return False
    return fields == [""] * count

"""Expressions whose evaluation changes nothing.

Assumed, because nothing static can prove it: that reading a name or an attribute and turning a
value into text do not fail, and have no effect where no code of ours runs then. Everything else
needs to be on the lists below.
"""

import ast
from typing import NamedTuple

from bot.core.facts.python.listeners import ATTRIBUTES, ITEMS, TEXTS, VIEWS
from bot.core.facts.python.os_calls import gives_text, is_path_call, only_asks

_PURE_FUNCTIONS = frozenset({"len", "repr", "str", "type", "id"})
_CLOCK_FUNCTIONS = frozenset({"monotonic", "perf_counter", "process_time", "time"})
_CLOCKS = (ast.Sub, ast.Add)
_LARGEST = 1e15  # of numbers written out, so that none overflows or is no whole number
_LONGEST = 1_000  # times that a text is repeated
_ROUNDING = frozenset({"float", "int", "round"})
_DEEPEST = 3  # calls and items inside of each other; each more is looked at three times as often


class Trust(NamedTuple):
    """What names can be trusted to be where an expression stands.

    Attributes:
        rebound: names that do not mean what they usually do: builtins, `os` and `time`.
        numbers: variables that hold nothing but numbers.
        texts: variables that hold nothing but texts.
        listeners: attributes whose reading runs code of ours, and marks of `listeners`.
        ran: whether the code ran so far, so that it need not be sure not to fail.
    """

    rebound: frozenset[str] = frozenset()
    numbers: frozenset[str] = frozenset()
    listeners: frozenset[str] = frozenset()
    ran: bool = False
    texts: frozenset[str] = frozenset()


def is_effectless(node: ast.expr, trust: Trust) -> bool:
    """Tell whether evaluating `node` changes nothing."""
    match node:
        case ast.Constant() | ast.Name(ctx=ast.Load()):
            answer = True
        case ast.Attribute(value=value, attr=attribute):
            is_read_only = trust.listeners.isdisjoint({attribute, ATTRIBUTES})
            answer = is_read_only and is_effectless(value, trust)
        case ast.JoinedStr(values=parts) | ast.Tuple(elts=parts) | ast.List(elts=parts):
            answer = all(is_effectless(part, trust) for part in parts)
        case ast.FormattedValue(value=value, format_spec=spec):
            is_text = TEXTS not in trust.listeners
            answer = is_text and all(is_effectless(part, trust) for part in (value, spec) if part)
        case ast.Subscript():
            answer = not _is_deep(node) and (_is_shape_item(node, trust) or _is_item(node, trust))
        case ast.BinOp():
            answer = (
                is_number(node, trust) or _is_ruler(node) or _is_effectless_operation(node, trust)
            )
        case ast.Call():
            answer = not _is_deep(node) and _is_pure_call(node, trust)
        case _:
            answer = False
    return answer


def _is_deep(node: ast.AST) -> bool:
    """Tell whether more calls and items stand inside of each other than are looked through."""
    waiting = [(node, 0)]
    for outer, depth in waiting:
        deeper = depth + isinstance(outer, ast.Call | ast.Subscript)
        if deeper > _DEEPEST:
            return True
        waiting += [(inner, deeper) for inner in ast.iter_child_nodes(outer)]
    return False


def is_number(node: ast.expr, trust: Trust) -> bool:
    """Tell whether an expression surely is a number: of lengths, clocks and numbers written out."""
    match node:
        case ast.Constant(value=value):
            answer = isinstance(value, int | float) and abs(value) < _LARGEST
        case ast.Name(id=name):
            answer = name in trust.numbers
        case ast.BinOp(op=ast.Add() | ast.Sub() | ast.Mult()):
            answer = is_number(node.left, trust) and is_number(node.right, trust)
        case ast.BinOp(op=ast.Div(), right=ast.Constant(value=int() | float() as divisor)):
            answer = bool(divisor) and is_number(node.left, trust)
        case ast.Call() if _is_deep(node):
            answer = False
        case ast.Call(func=ast.Name(id="len"), args=[argument], keywords=[]):
            answer = "len" not in trust.rebound and is_effectless(argument, trust)
        case ast.Call(func=ast.Name(id=name), args=[first, *digits], keywords=[]):
            are_digits = all(isinstance(d, ast.Constant) and type(d.value) is int for d in digits)
            is_rounding = name in _ROUNDING - trust.rebound and len(digits) <= (name == "round")
            answer = is_rounding and are_digits and is_number(first, trust)
        case _:
            answer = _is_clock(node) and "time" not in trust.rebound
    return answer


def is_text(node: ast.expr, trust: Trust, *, ran: bool = False) -> bool:
    """Tell whether an expression surely is a text, if it `ran` or else in any case.

    A path that was joined is one if a part of it is: texts and bytes do not go together.
    """
    match node:
        case ast.Constant(value=value):
            return isinstance(value, str)
        case ast.JoinedStr():
            return ran or is_effectless(node, trust)
        case ast.Name(id=name):
            return name in trust.texts or name == "__file__"
        case ast.Call(args=parts) if gives_text(node) and "os" not in trust.rebound:
            return (any if ran else all)(is_text(part, trust) for part in parts)
        case _:
            return False


def _is_path_call(node: ast.Call, trust: Trust) -> bool:
    """Accept `os.path.exists(path)` of texts, and of anything in code that ran."""
    if "os" in trust.rebound or TEXTS in trust.listeners:
        return False
    if trust.ran and only_asks(node):
        return all(is_effectless(argument, trust) for argument in node.args)
    return is_path_call(node) and all(is_text(argument, trust) for argument in node.args)


def _is_shape_item(node: ast.Subscript, trust: Trust) -> bool:
    """Accept `data.shape[0]` only: a subscript may fail, or insert as in a defaultdict."""
    match node:
        case ast.Subscript(
            value=ast.Attribute(value=value, attr="shape"), slice=ast.Constant(value=int())
        ):
            return is_effectless(value, trust)
        case _:
            return False


def _is_item(node: ast.Subscript, trust: Trust) -> bool:
    """Accept `rows[0]` in code that ran, where nothing makes an item that is asked for."""
    parts = [part for part in ast.iter_child_nodes(node.slice) if isinstance(part, ast.expr)]
    if not isinstance(node.slice, ast.Slice | ast.Tuple):
        parts = [node.slice]
    is_plain = trust.ran and ITEMS not in trust.listeners
    return is_plain and all(is_effectless(part, trust) for part in [node.value, *parts])


def _is_view(node: ast.Call, trust: Trust) -> bool:
    """Accept `frame.head()` in code that ran: a method that nothing of ours has, and only looks."""
    match node:
        case ast.Call(func=ast.Attribute(attr=name), keywords=[]):
            is_view = trust.ran and name in VIEWS
            return is_view and all(is_effectless(n, trust) for n in [node.func, *node.args])
        case _:
            return False


def _is_ruler(node: ast.BinOp) -> bool:
    """Accept `"=" * 80`."""
    match node:
        case ast.BinOp(
            left=ast.Constant(value=str()), op=ast.Mult(), right=ast.Constant(value=int(times))
        ):
            return times < _LONGEST
        case _:
            return False


def _is_effectless_operation(node: ast.BinOp, trust: Trust) -> bool:
    operands = (node.left, node.right)
    if isinstance(node.op, _CLOCKS) and any(_is_clock(operand) for operand in operands):
        return all(is_effectless(operand, trust) for operand in operands)
    return (
        isinstance(node.op, ast.Mod)
        and TEXTS not in trust.listeners
        and isinstance(node.left, ast.Constant)
        and isinstance(node.left.value, str)
        and is_effectless(node.right, trust)
        and _percent_fields(node.left.value) == _count(node.right)
    )


def _percent_fields(text: str) -> int | None:
    """Return how many values a `%` format of `%s`, `%r` and `%%` takes; None for other formats."""
    rest = text.replace("%%", "")
    fields = rest.count("%s") + rest.count("%r")
    return fields if fields == rest.count("%") else None


def _count(node: ast.expr) -> int:
    return len(node.elts) if isinstance(node, ast.Tuple) else 1


def _is_pure_call(node: ast.Call, trust: Trust) -> bool:
    if _is_clock(node):
        return "time" not in trust.rebound
    if is_number(node, trust) or _is_view(node, trust) or _is_path_call(node, trust):
        return True
    arguments_are_effectless = all(is_effectless(argument, trust) for argument in node.args)
    match node:
        case ast.Call(func=ast.Name(id=name), args=[_], keywords=[]):
            return (
                name in _PURE_FUNCTIONS and name not in trust.rebound and arguments_are_effectless
            )
        case ast.Call(
            func=ast.Attribute(value=ast.Constant(value=str(text)), attr="format"), keywords=[]
        ):
            is_text = TEXTS not in trust.listeners
            return is_text and arguments_are_effectless and _takes(text, len(node.args))
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
    from string import Formatter

    try:
        fields = [name for _, name, _, _ in Formatter().parse(text) if name is not None]
    except ValueError:
        return False
    return fields == [""] * count

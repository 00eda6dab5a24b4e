"""Code that hears what is logged or printed, and code that runs when a value is only looked at.

A log statement with neither can come and go. Each finding is a name: of an attribute that runs
code where it is read, or one of the marks below.
"""

import ast
from collections.abc import Iterator

from bot.core.facts.python.names import identifiers
from bot.core.facts.python.values import Function
from bot.core.facts.python.walk import walk

PRINTS = "print()"
"""Something reads what is printed."""
CAPTURES = "subprocess()"
"""Something reads what another process prints."""
LOGS = "logging()"
"""Code of ours runs when something is logged."""
LEVELS = "level()"
"""Something reads how much is logged."""
TEXTS = "str()"
"""Turning a value into text may run code that has an effect."""
LENGTHS = "len()"
"""Asking a value for its length may run code that has an effect."""
FRAMES = "f_locals"
"""A function may read the variables of whoever calls it."""
ITEMS = "[]"
"""Asking for an item may make one, or run code that has an effect."""
ATTRIBUTES = "*"
"""Reading any attribute may run code that has an effect."""

_BY_METHOD = {
    **dict.fromkeys(("__format__", "__fspath__", "__repr__", "__str__"), TEXTS),
    **dict.fromkeys(("__get__", "__getattr__", "__getattribute__"), ATTRIBUTES),
    "__len__": LENGTHS,
    **dict.fromkeys(("__getitem__", "__missing__"), ITEMS),
    "emit": LOGS,
}
_BY_NAME = {
    **dict.fromkeys(("redirect_stderr", "redirect_stdout"), PRINTS),
    **dict.fromkeys(("PIPE", "Popen", "capture_output", "check_output", "getoutput"), CAPTURES),
    **dict.fromkeys(("addFilter", "setLogRecordFactory", "setLoggerClass"), LOGS),
    **dict.fromkeys(("defaultdict", "shelve"), ITEMS),
    **dict.fromkeys(("getEffectiveLevel", "isEnabledFor"), LEVELS),
    **dict.fromkeys(("f_locals", "getargvalues", "icecream", "sorcery", "varname"), FRAMES),
}
# Methods of tables and arrays that only look at them.
VIEWS = frozenset({"any", "all", "describe", "dim", "head", "isna", "isnull", "item", "items"})
VIEWS |= {"keys", "max", "mean", "min", "nunique", "round", "size", "std", "sum", "tail", "tolist"}
VIEWS |= {"unique", "value_counts", "values"}
_STREAMS = frozenset({"stderr", "stdout"})
# What methods of that sort call to put a text together.
_PURE_WORDS = (
    "__format__ __getattr__ __getattribute__ __repr__ __str__ abs all any dict float format get "
    "getattr hasattr id int isinstance isoformat items join keys len list lower max min repr round "
    "set sorted str strftime strip sum super tuple type upper values zip"
)
_PURE = frozenset(_PURE_WORDS.split())
_CHANGING = (
    *(ast.Global, ast.Nonlocal, ast.Yield, ast.YieldFrom, ast.Await, ast.Delete, ast.Import),
    *(ast.ImportFrom, ast.NamedExpr),
)


def listeners(tree: ast.AST) -> Iterator[str]:
    """Yield the attributes that run code with an effect when they are read, and marks."""
    yield from (_BY_NAME[name] for name in identifiers(tree) & _BY_NAME.keys())
    for node in walk(tree):
        match node:
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name):
                yield from _of_function(node, name)
            case ast.Attribute(attr=name, ctx=ast.Store()) if name in _STREAMS:
                yield PRINTS
            case ast.Attribute(attr="level", ctx=ast.Load()):
                yield LEVELS
            case ast.Assign(targets=[ast.Name(id=name)], value=ast.Call(func=func)):
                if _is_property(func):
                    yield name
            case _:
                pass


def _of_function(function: Function, name: str) -> Iterator[str]:
    if name in _BY_METHOD.keys() | VIEWS and not _is_quiet(function):
        yield _BY_METHOD.get(name, name)
    decorators = [d.func if isinstance(d, ast.Call) else d for d in function.decorator_list]
    properties = [_name(d) for d in decorators if _is_property(d)]
    if properties and not (properties == ["property"] and _is_quiet(function)):
        yield name


def _is_property(node: ast.expr) -> bool:
    return _name(node).endswith("property")


def _is_quiet(function: Function) -> bool:
    """Tell whether a function only reads and puts together, as most `__repr__` do."""
    return not any(_changes_something(node) for inner in function.body for node in walk(inner))


def _changes_something(node: ast.AST) -> bool:
    match node:
        case ast.Attribute(ctx=ast.Store()) | ast.Subscript(ctx=ast.Store()):
            return True
        case ast.Call(func=func):
            return _name(func) not in _PURE
        case _:
            return isinstance(node, _CHANGING)


def _name(node: ast.expr) -> str:
    match node:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
        case _:
            return ""

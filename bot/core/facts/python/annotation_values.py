"""Annotations that surely can be evaluated, and those whose evaluation has no effect."""

import ast
import builtins
import re
from collections.abc import Collection, Iterator, Mapping
from typing import NamedTuple

from bot.core.facts.python.names import alias_name, bindings
from bot.core.facts.python.walk import walk

_QUIET = (
    *(ast.Name, ast.Attribute, ast.Subscript, ast.Constant, ast.Tuple, ast.List, ast.BinOp),
    *(ast.Load, ast.BitOr),
)
_DOTTED = r"[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*"
_GENERIC_BUILTINS = frozenset({"dict", "frozenset", "list", "set", "tuple", "type"})
_BUILTINS = _GENERIC_BUILTINS | frozenset(
    {
        "classmethod",
        "property",
        "staticmethod",
        "bool",
        "bytearray",
        "bytes",
        "complex",
        "float",
        "int",
        "object",
        "range",
        "slice",
        "str",
    }
)
_GENERIC_SINCE = 9  # the minor version of Python 3 that has list[int]
_UNION_SINCE = 10  # the one that has int | str

# How many arguments each takes in brackets; 0 means any number above none.
_TYPING_FORMS: Mapping[str, int] = {
    **dict.fromkeys(("ClassVar", "Collection", "Deque", "Final", "FrozenSet", "Iterable"), 1),
    **dict.fromkeys(("Iterator", "List", "Optional", "Sequence", "Set", "Type"), 1),
    **dict.fromkeys(("DefaultDict", "Dict", "Mapping", "MutableMapping", "OrderedDict"), 2),
    **dict.fromkeys(("Tuple", "Union"), 0),
}
# Those that also stand alone, and some that only do.
_BARE_FORMS = frozenset(
    f"typing.{name}"
    for name in (
        *(_TYPING_FORMS.keys() - {"ClassVar", "Final", "Optional", "OrderedDict", "Union"}),
        *("Any", "Callable", "Generator", "Hashable", "NoReturn", "Sized", "Text"),
    )
)
_ABSTRACT = frozenset(
    {"Callable", "Collection", "Generator", "Iterable", "Iterator", "Mapping", "MutableMapping"}
    | {"MutableSequence", "Sequence", "Set"}
)
# Classes that every release of these packages has which an image may hold.
_CLASSES_WORDS = (
    "collections.Counter collections.OrderedDict collections.defaultdict collections.deque "
    "datetime.date datetime.datetime datetime.timedelta decimal.Decimal enum.Enum io.BytesIO "
    "logging.Logger numpy.dtype numpy.float32 numpy.float64 numpy.int32 numpy.int64 "
    "numpy.integer numpy.ndarray os.PathLike pandas.DataFrame pandas.DatetimeIndex pandas.Index "
    "pandas.Series pandas.Timedelta pandas.Timestamp pathlib.Path pathlib.PurePath "
    "tensorflow.Tensor tensorflow.Variable tensorflow.keras.Model tensorflow.keras.Sequential "
    "tensorflow.keras.layers.Layer torch.Tensor torch.device torch.nn.Module "
    "types.ModuleType uuid.UUID"
)
_CLASSES = frozenset(_CLASSES_WORDS.split())


class Meanings(NamedTuple):
    """What the names of one module can be trusted to mean.

    Attributes:
        origins: what a name that is bound once, by an import at the top, stands for.
        classes: names that are bound once, to a class at the top that no decorator replaces.
        single: names that are bound exactly once.
        bound: all names that are bound anywhere.
        python: the oldest Python 3 that the image may have, as its minor version; None if unknown.
    """

    origins: Mapping[str, str]
    classes: frozenset[str]
    single: frozenset[str]
    bound: frozenset[str]
    python: int | None

    def has(self, minor: int) -> bool:
        """Tell whether nothing speaks of a Python older than 3.`minor`."""
        return self.python is None or self.python >= minor


def read_meanings(module: ast.Module, python: int | None) -> Meanings:
    """Return what the names of `module` mean; after `import *` nothing is known."""
    counts = bindings(module)
    if counts["*"]:
        return Meanings({}, frozenset(), frozenset(), frozenset({*counts, *dir(builtins)}), python)
    single = frozenset(name for name, count in counts.items() if count == 1)
    origins = {
        name: origin
        for statement in module.body
        for name, origin in _imported(statement)
        if name in single
    }
    classes = frozenset(
        statement.name
        for statement in module.body
        if isinstance(statement, ast.ClassDef)
        and not (statement.decorator_list or statement.keywords)
        and statement.name in single
    )
    return Meanings(origins, classes, single, frozenset(counts), python)


def _imported(statement: ast.stmt) -> Iterator[tuple[str, str]]:
    match statement:
        case ast.Import(names=names):
            for alias in names:
                yield alias_name(alias), alias.name if alias.asname else alias_name(alias)
        case ast.ImportFrom(module=str(module), names=names, level=0):
            yield from ((alias_name(alias), f"{module}.{alias.name}") for alias in names)
        case _:
            return


def is_quiet(annotation: ast.expr) -> bool:
    """Tell whether evaluating an annotation has no effect, if it does not fail."""
    return all(isinstance(node, _QUIET) for node in walk(annotation))


def surely_evaluates(annotation: ast.expr, meanings: Meanings, known: Collection[str]) -> bool:
    """Tell whether evaluating an annotation neither fails nor acts; `known` names have a value."""
    match annotation:
        case ast.Constant():
            return True
        case ast.Name(id=name) if name in meanings.single:
            return name in known
        case _:
            return _is_type(annotation, meanings, known)


def _is_type(node: ast.expr, meanings: Meanings, known: Collection[str]) -> bool:
    """Tell whether an expression surely is a type, or a form that stands for one."""
    match node:
        case ast.Constant(value=None):
            return True
        case ast.Constant(value=str(text)):
            return re.fullmatch(_DOTTED, text) is not None
        case ast.Subscript(value=value, slice=inside):
            return _is_generic(value, inside, meanings, known)
        case ast.BinOp(op=ast.BitOr()):
            return _is_union(node, meanings, known)
        case ast.Name() | ast.Attribute():
            origin = _origin(node, meanings, known)
            return _is_class(origin) or origin in _BARE_FORMS
        case _:
            return False


def _is_class(origin: str) -> bool:
    package, _, name = origin.rpartition(".")
    return (
        package == "builtins"
        or origin in _CLASSES
        or (package == "collections.abc" and name in _ABSTRACT)
    )


def _is_union(node: ast.BinOp, meanings: Meanings, known: Collection[str]) -> bool:
    """Accept `a | b` with a class on the left and another type, or None, on the right."""
    left, right = node.left, node.right
    if isinstance(left, ast.BinOp):
        on_left = isinstance(left.op, ast.BitOr) and _is_union(left, meanings, known)
    else:
        on_left = _is_class_or_generic(left, meanings, known)
    is_none = isinstance(right, ast.Constant) and right.value is None
    on_right = is_none or _is_class_or_generic(right, meanings, known)
    return meanings.has(_UNION_SINCE) and on_left and on_right


def _is_class_or_generic(node: ast.expr, meanings: Meanings, known: Collection[str]) -> bool:
    if isinstance(node, ast.Subscript):
        base = _origin(node.value, meanings, known)
        return base.startswith("builtins.") and _is_type(node, meanings, known)
    return _is_class(_origin(node, meanings, known))


def _is_generic(
    value: ast.expr, inside: ast.expr, meanings: Meanings, known: Collection[str]
) -> bool:
    origin = _origin(value, meanings, known)
    package, _, name = origin.rpartition(".")
    arguments = inside.elts if isinstance(inside, ast.Tuple) else [inside]
    is_new_callable = origin == "collections.abc.Callable" and meanings.has(_GENERIC_SINCE)
    if origin == "typing.Callable" or is_new_callable:
        return _is_signature(arguments, meanings, known)
    if origin == "typing.Literal":
        return all(isinstance(argument, ast.Constant) for argument in arguments)
    match arguments:
        case [every, rest] if name in {"tuple", "Tuple"} and _is_ellipsis(rest):
            arguments = [every]
    if not arguments or not all(_is_type(part, meanings, known) for part in arguments):
        return False
    if package == "typing":
        return _TYPING_FORMS.get(name) in {0, len(arguments)}
    is_generic = package == "collections.abc" and name in _ABSTRACT - {"Callable"}
    is_generic |= package == "builtins" and name in _GENERIC_BUILTINS
    return is_generic and meanings.has(_GENERIC_SINCE)


def _is_signature(arguments: list[ast.expr], meanings: Meanings, known: Collection[str]) -> bool:
    match arguments:
        case [ast.List(elts=parameters), result]:
            return all(_is_type(part, meanings, known) for part in [*parameters, result])
        case [parameters, result]:
            return _is_ellipsis(parameters) and _is_type(result, meanings, known)
        case _:
            return False


def _is_ellipsis(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value is ...


def origin_of(node: ast.expr, meanings: Meanings) -> str:
    """Return what a name or `package.name` stands for, as `functools.wraps`; "" if unknown."""
    return _origin(node, meanings, meanings.single)


def is_made_by_dataclass(statement: ast.ClassDef, meanings: Meanings) -> bool:
    """Tell whether a class has the decorator `dataclass` alone, plain or with settings."""
    match statement.decorator_list:
        case [ast.Call(func=called)]:
            return origin_of(called, meanings) == "dataclasses.dataclass"
        case [decorator]:
            return origin_of(decorator, meanings) == "dataclasses.dataclass"
        case _:
            return False


def _origin(node: ast.expr, meanings: Meanings, known: Collection[str]) -> str:
    """Return what a name or `package.name` stands for: `builtins.int`, `numpy.ndarray`, or ""."""
    match node:
        case ast.Name(id=name) if name in _BUILTINS and name not in meanings.bound:
            return f"builtins.{name}"
        case ast.Name(id=name) if name in meanings.classes and name in known:
            return f"builtins.{name}"  # of this module, and as sure as a builtin class
        case ast.Name(id=name) if name in known:
            return meanings.origins.get(name, "")
        case ast.Attribute(value=value, attr=attribute):
            package = _origin(value, meanings, known)
            return f"{package}.{attribute}" if package else ""
        case _:
            return ""

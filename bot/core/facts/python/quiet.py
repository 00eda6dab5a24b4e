"""Definitions at the top of a module that do nothing but bind a name."""

import ast
import builtins
from collections import Counter
from collections.abc import Collection, Iterable, Iterator

from bot.core.facts.python.annotation_values import (
    Meanings,
    is_made_by_dataclass,
    origin_of,
    surely_evaluates,
)
from bot.core.facts.python.values import Function
from bot.core.facts.python.walk import walk

_WRAPPERS = frozenset({"builtins.classmethod", "builtins.property", "builtins.staticmethod"})
# Those that came after Python 3.8 may be missing.
_EXCEPTIONS = {
    name
    for name, value in vars(builtins).items()
    if isinstance(value, type) and issubclass(value, BaseException)
} - {"BaseExceptionGroup", "EncodingWarning", "ExceptionGroup", "PythonFinalizationError"}
# Classes of frameworks that let others derive from them, and do nothing about it.
_BASES = frozenset(
    {"tensorflow.keras.Model", "tensorflow.keras.layers.Layer", "torch.nn.Module"}
    | {"sklearn.base.BaseEstimator", "sklearn.base.TransformerMixin"}
)
_LARGEST = 1e12  # of numbers written out in a product


def is_quiet_function(statement: ast.stmt, meanings: Meanings, known: Collection[str] = ()) -> bool:
    """Accept a function without decorators.

    Its defaults are constant, or among the `known` names, which have a value there; its annotations
    are made of such names, and surely can be evaluated.
    """
    return (
        isinstance(statement, Function)
        and not statement.decorator_list
        and _has_quiet_signature(statement, meanings, known)
    )


def is_quiet_method(statement: ast.stmt, meanings: Meanings) -> bool:
    """Accept a function as above in a class, where it may also be a property or static."""
    return (
        isinstance(statement, Function)
        and all(origin_of(d, meanings) in _WRAPPERS for d in statement.decorator_list)
        and _has_quiet_signature(statement, meanings)
    )


def is_quiet_class(statement: ast.stmt, meanings: Meanings, known: Collection[str]) -> bool:
    """Accept a class of quiet methods and constants: plain, an exception, an enum, a data class.

    It may be a layer or model of a framework. Names that are evaluated, as `dataclass` or those of
    bases, are among the `known` ones, which have a value there.
    """
    if not isinstance(statement, ast.ClassDef) or statement.keywords:
        return False
    counts = Counter(name for inner in statement.body for name in defined_in_class(inner))
    if any(count > 1 for count in counts.values()):
        return False
    if not all(_is_exception(base, meanings) for base in statement.bases):
        return _is_quiet_subclass(statement, meanings, known)
    if statement.decorator_list:
        names = _read_names(statement.decorator_list)
        is_made = is_data_class(statement, meanings) and all(name in known for name in names)
        return is_made and _is_quiet_data_class(statement, meanings)
    return all(_is_quiet_member(inner, meanings) for inner in statement.body)


def _is_quiet_subclass(statement: ast.ClassDef, meanings: Meanings, known: Collection[str]) -> bool:
    """Accept an enum of distinct plain names, and methods of a framework's layer or model."""
    if statement.decorator_list or not all(name in known for name in _read_names(statement.bases)):
        return False
    members = [inner for inner in statement.body if not isinstance(inner, ast.Pass)]
    match [origin_of(base, meanings) for base in statement.bases]:
        case ["enum.Enum"]:
            return all(is_quiet_constant(m) and _has_plain_names(m) for m in members)
        case [base]:
            return base in _BASES and all(is_quiet_method(m, meanings) for m in members)
        case _:
            return False


def _has_plain_names(statement: ast.stmt) -> bool:
    names = set(defined_in_class(statement))
    return names.isdisjoint({"mro", "name", "value"}) and not any(n.startswith("_") for n in names)


def is_quiet_constant(statement: ast.stmt) -> bool:
    """Accept `NAME = …` with a value that is written out."""
    match statement:
        case ast.Assign(targets=[ast.Name()], value=value):
            return is_literal(value)
        case _:
            return False


def is_constant(node: ast.expr) -> bool:
    """Tell whether an expression is a value that cannot change: a number, a text, a tuple."""
    match node:
        case ast.Constant():
            return True
        case ast.UnaryOp(op=ast.USub(), operand=ast.Constant(value=int() | float() | complex())):
            return True
        case ast.Tuple(elts=parts):
            return all(is_constant(part) for part in parts)
        case _:
            return False


def is_literal(node: ast.expr) -> bool:
    """Tell whether an expression is written out and surely has a value."""
    match node:
        case ast.List(elts=parts) | ast.Tuple(elts=parts):
            return all(is_literal(part) for part in parts)
        case ast.Set(elts=parts):
            return all(is_constant(part) for part in parts)
        case ast.Dict(keys=keys, values=values):
            are_constant = all(key is not None and is_constant(key) for key in keys)
            return are_constant and all(is_literal(value) for value in values)
        case ast.BinOp(left=left, right=right, op=ast.Add() | ast.Sub() | ast.Mult()):
            return _is_number(left) and _is_number(right)
        case _:
            return is_constant(node)


def _is_number(node: ast.expr) -> bool:
    match node:
        case ast.Constant(value=value):
            return isinstance(value, int | float) and abs(value) < _LARGEST
        case ast.BinOp(left=left, right=right, op=ast.Add() | ast.Sub() | ast.Mult()):
            return _is_number(left) and _is_number(right)
        case _:
            return False


def _has_quiet_signature(
    function: Function, meanings: Meanings, known: Collection[str] = ()
) -> bool:
    arguments = function.args
    defaults = [*arguments.defaults, *(d for d in arguments.kw_defaults if d is not None)]
    annotations = [n.annotation for n in walk(arguments) if isinstance(n, ast.arg)]
    are_known = all(
        is_constant(default) or (isinstance(default, ast.Name) and default.id in known)
        for default in defaults
    )
    return are_known and all(
        annotation is None
        or _is_sure(annotation, meanings)
        or surely_evaluates(annotation, meanings, known)
        for annotation in [*annotations, function.returns]
    )


def _is_sure(annotation: ast.expr, meanings: Meanings) -> bool:
    """Accept quoted annotations and builtin types; names of the module may lack a value there."""
    return isinstance(annotation, ast.Constant) or (
        isinstance(annotation, ast.Name)
        and origin_of(annotation, meanings) == f"builtins.{annotation.id}"
        and annotation.id not in meanings.bound
    )


def _is_quiet_member(statement: ast.stmt, meanings: Meanings) -> bool:
    return (
        isinstance(statement, ast.Pass)
        or (isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant))
        or (
            is_quiet_constant(statement)
            and not any(is_special(n) for n in defined_in_class(statement))
        )
        or is_quiet_method(statement, meanings)
    )


def is_special(name: str) -> bool:
    """Tell whether Python itself looks for an attribute of this name."""
    return name.startswith("__") and name.endswith("__")


def _is_exception(base: ast.expr, meanings: Meanings) -> bool:
    return (
        isinstance(base, ast.Name)
        and base.id in _EXCEPTIONS | {"object"}
        and base.id not in meanings.bound
    )


def is_data_class(statement: ast.ClassDef, meanings: Meanings) -> bool:
    """Tell whether a class is made by `@dataclass`, plain or with a setting of `frozen`."""
    settings = [
        setting.arg if isinstance(setting, ast.keyword) else None
        for decorator in statement.decorator_list
        if isinstance(decorator, ast.Call)
        for setting in (*decorator.keywords, *decorator.args)
    ]
    is_made = is_made_by_dataclass(statement, meanings)
    return is_made and settings in ([], ["frozen"]) and not (statement.bases or statement.keywords)


def _is_quiet_data_class(statement: ast.ClassDef, meanings: Meanings) -> bool:
    """Accept a data class whose fields come in an order that it allows."""
    fields = [inner for inner in statement.body if isinstance(inner, ast.AnnAssign)]
    others = [inner for inner in statement.body if not isinstance(inner, ast.AnnAssign)]
    has_default = [field.value is not None for field in fields]
    return (
        has_default == sorted(has_default)
        and all(_is_field(field, meanings) for field in fields)
        and all(is_quiet_method(o, meanings) or isinstance(o, ast.Pass) for o in others)
        and not any(is_special(name) for inner in others for name in defined_in_class(inner))
    )


def _is_field(field: ast.AnnAssign, meanings: Meanings) -> bool:
    return (
        isinstance(field.target, ast.Name)
        and _is_sure(field.annotation, meanings)
        and not isinstance(field.annotation, ast.Constant)
        and (field.value is None or is_constant(field.value))
    )


def defined_in_class(statement: ast.stmt) -> Iterator[str]:
    """Yield the name that a function or an assignment in a class's body gives it."""
    match statement:
        case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name):
            yield name
        case ast.Assign(targets=[ast.Name(id=name)]) | ast.AnnAssign(target=ast.Name(id=name)):
            yield name
        case _:
            return


def _read_names(nodes: Iterable[ast.expr]) -> Iterator[str]:
    return (n.id for node in nodes for n in walk(node) if isinstance(n, ast.Name))

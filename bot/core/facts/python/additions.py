"""Functions that were added, and that nothing which was there before can notice."""

import ast
import builtins

from bot.core.facts.python.imports import EVERYTHING
from bot.core.facts.python.names import bindings, is_dynamic, used

# Names that a host calls where a file has them: Azure ML's entry script, and the hooks of other
# model servers, whose defaults a new function would replace.
_HOOKS = frozenset(
    {"handle", "init", "initialize", "input_fn", "main", "model_fn", "output_fn", "predict_fn"}
    | {"run", "shutdown", "transform_fn"}
)

Function = ast.FunctionDef | ast.AsyncFunctionDef


def added_functions(
    before: ast.Module, after: ast.Module, exported: frozenset[str]
) -> list[Function]:
    """Return the functions at the top of `after` whose definition cannot disturb anything.

    Each has a new name that the code before neither bound nor read, no decorator, constant
    defaults, and annotations that are not evaluated or surely can be.
    """
    if exported >= EVERYTHING or is_dynamic(before) or is_dynamic(after):
        return []
    bound = bindings(after)
    taken = bindings(before).keys() | used(before) | exported | set(dir(builtins)) | _HOOKS
    lazy = _has_lazy_annotations(after)
    return [
        statement
        for statement in after.body
        if isinstance(statement, Function)
        and statement.name not in taken
        and bound[statement.name] == 1
        and not statement.name.startswith("__")
        and _is_quiet_definition(statement, lazy_annotations=lazy)
    ]


def _is_quiet_definition(function: Function, *, lazy_annotations: bool) -> bool:
    arguments = function.args
    defaults = [*arguments.defaults, *(d for d in arguments.kw_defaults if d is not None)]
    if function.decorator_list or not all(_is_constant(default) for default in defaults):
        return False
    return lazy_annotations or all(_is_plain(annotation) for annotation in _annotations(function))


def _annotations(function: Function) -> list[ast.expr]:
    arguments = [node for node in ast.walk(function.args) if isinstance(node, ast.arg)]
    annotations = [a.annotation for a in arguments if a.annotation is not None]
    return [*annotations, function.returns] if function.returns else annotations


def _is_constant(node: ast.expr) -> bool:
    match node:
        case ast.Constant():
            return True
        case ast.UnaryOp(op=ast.USub(), operand=ast.Constant(value=int() | float())):
            return True
        case ast.Tuple(elts=parts):
            return all(_is_constant(part) for part in parts)
        case _:
            return False


def _is_plain(annotation: ast.expr) -> bool:
    """Accept quoted annotations and the builtin types: anything else may fail when evaluated."""
    match annotation:
        case ast.Constant():
            return True
        case ast.Name(id=name):
            return name in {"bool", "bytes", "dict", "float", "int", "list", "str", "tuple"}
        case _:
            return False


def _has_lazy_annotations(module: ast.Module) -> bool:
    return any(
        isinstance(statement, ast.ImportFrom)
        and statement.module == "__future__"
        and any(alias.name == "annotations" for alias in statement.names)
        for statement in module.body
    )

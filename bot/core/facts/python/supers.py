"""Calls `super(C, self)` in methods of a class C, which say what `super()` says."""

import ast
from collections.abc import Iterator

from bot.core.facts.python.names import bindings, is_dynamic
from bot.core.facts.python.values import Function


def shorten_supers(module: ast.Module) -> list[tuple[str, ast.Call]]:
    """Turn, in place, `super(C, self)` into `super()` where both are the same; return those.

    Each comes with the method it stands in. The class is defined once, at the top, and nothing
    replaces it; the method does not give its first parameter another value.
    """
    counts = bindings(module)
    if is_dynamic(module) or {"super", "*"} & counts.keys():
        return []
    found = [
        (f"{cls.name}.{method.name}", call)
        for cls in module.body
        if isinstance(cls, ast.ClassDef) and not cls.decorator_list and counts[cls.name] == 1
        for method in cls.body
        if isinstance(method, Function)
        for call in _long_calls(cls.name, method)
    ]
    for _, call in found:
        call.args = []
    return found


def _long_calls(cls: str, method: Function) -> Iterator[ast.Call]:
    first = next((one.arg for one in (*method.args.posonlyargs, *method.args.args)), "")
    if bindings(method)[first] != 1:
        return
    for node in _own(method):
        match node:
            case ast.Call(
                func=ast.Name(id="super"), args=[ast.Name(id=name), ast.Name(id=one)], keywords=[]
            ) if (name, one) == (cls, first):
                yield node
            case _:
                pass


def _own(method: Function) -> Iterator[ast.AST]:
    """Yield the nodes of a method itself: inside, `super()` would look for other parameters."""
    waiting: list[ast.AST] = list(method.body)
    while waiting:
        node = waiting.pop()
        yield node
        if not isinstance(node, _SCOPE):
            waiting += ast.iter_child_nodes(node)


_SCOPE = (
    *(ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda),
    *(ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp),
)

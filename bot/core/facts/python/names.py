"""Which names a syntax tree binds, and which it uses."""

import ast
import re
from collections import Counter
from collections.abc import Iterator

from bot.core.facts.python.walk import walk

EVERYTHING = frozenset({"*"})
"""As the names that others take: any name of the file may be taken."""

_IDENTIFIER = re.compile(r"[A-Za-z_]\w*")
# What `bound_by` yields names of. Most nodes are none of these, and asking it takes longer.
_BINDERS = (
    *(ast.Name, ast.alias, ast.arg, ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef),
    *(ast.ExceptHandler, ast.MatchAs, ast.MatchStar, ast.MatchMapping, ast.Global, ast.Nonlocal),
)
_HOLDERS = (*_BINDERS, ast.Attribute, ast.Constant, ast.ImportFrom, ast.keyword)
_DYNAMIC = frozenset({"globals", "locals", "vars", "dir", "eval", "exec", "__dict__", "__all__"})


def bindings(tree: ast.AST) -> Counter[str]:
    """Return how often each name is bound, in whichever scope."""
    binders = [node for node in walk(tree) if isinstance(node, _BINDERS)]
    return Counter(name for node in binders for name in bound_by(node))


def used(tree: ast.AST) -> set[str]:
    """Return the names that are read or deleted, those in annotations and `__all__` included."""
    names = set()
    for node in walk(tree):
        if isinstance(node, ast.Name):
            if not isinstance(node.ctx, ast.Store):
                names.add(node.id)
        elif isinstance(node, ast.Global | ast.Nonlocal):
            names.update(node.names)
        else:
            names.update(_quoted(node))
    return names


def is_dynamic(tree: ast.AST) -> bool:
    """Tell whether the code looks at its own names, so that no name is surely unused.

    A list of exported names that is written out at the top of a module does not.
    """
    top = tree.body if isinstance(tree, ast.Module) else []
    lists = {id(node.targets[0]) for node in top if isinstance(node, ast.Assign) and exports(node)}
    return any(
        (isinstance(node, ast.Name) and node.id in _DYNAMIC and id(node) not in lists)
        or (isinstance(node, ast.Attribute) and node.attr in _DYNAMIC)
        or (isinstance(node, ast.Attribute) and node.attr == "modules" and _is_sys(node.value))
        or (isinstance(node, ast.ImportFrom) and node.names[0].name == "*")
        for node in walk(tree)
    )


def exports(statement: ast.AST) -> tuple[str, ...]:
    """Return the names of `__all__ = ["…", …]`; none for any other statement."""
    match statement:
        case ast.Assign(
            targets=[ast.Name(id="__all__")], value=ast.List(elts=parts) | ast.Tuple(elts=parts)
        ):
            texts = [part.value for part in parts if isinstance(part, ast.Constant)]
            names = tuple(text for text in texts if isinstance(text, str))
            return names if len(names) == len(parts) else ()
        case _:
            return ()


def _is_sys(node: ast.expr) -> bool:
    return isinstance(node, ast.Name) and node.id == "sys"


def identifiers(tree: ast.AST) -> set[str]:
    """Return every name that code holds: of variables, attributes, keywords, modules, in text."""
    holders = [node for node in walk(tree) if isinstance(node, _HOLDERS)]
    return {name for node in holders for name in held(node)}


def held(node: ast.AST) -> Iterator[str]:
    """Yield the names that one node holds, those of the nodes inside it left out."""
    match node:
        case ast.Name(id=name) | ast.Attribute(attr=name) | ast.keyword(arg=str(name)):
            yield name
        case ast.alias(name=name):
            yield from name.split(".")
        case ast.ImportFrom(module=str(name)):
            yield from name.split(".")
        case ast.Constant(value=str(text)):
            yield from _IDENTIFIER.findall(text)
        case _:
            yield from bound_by(node)


def module_parts(node: ast.AST) -> Iterator[str]:
    """Yield the parts of the names that an import statement may take for modules."""
    match node:
        case ast.Import(names=names):
            yield from (part for alias in names for part in alias.name.split("."))
        case ast.ImportFrom(module=module, names=names):
            yield from (module or "").split(".")
            yield from (alias.name for alias in names)
        case _:
            return


def targets(node: ast.expr) -> set[str]:
    """Return the plain names that an assignment to `node` binds."""
    return {
        name.id
        for name in walk(node)
        if isinstance(name, ast.Name) and isinstance(name.ctx, ast.Store)
    }


def bound_by(node: ast.AST) -> Iterator[str]:
    """Yield the names that one node binds, those of the nodes inside it left out."""
    match node:
        case ast.Name(ctx=ast.Store() | ast.Del()):
            yield node.id
        case ast.arg():
            yield node.arg
        case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
            yield name
        case ast.alias():
            yield alias_name(node)
        case (
            ast.ExceptHandler(name=str(name))
            | ast.MatchAs(name=str(name))
            | ast.MatchStar(name=str(name))
            | ast.MatchMapping(rest=str(name))
        ):
            yield name
        case ast.Global() | ast.Nonlocal():
            yield from node.names
        case _:
            return


def alias_name(alias: ast.alias) -> str:
    """Return the name that an import binds: `import os.path` binds `os`."""
    return alias.asname or alias.name.partition(".")[0]


def _quoted(node: ast.AST) -> Iterator[str]:
    match node:
        case ast.Assign(targets=[ast.Name(id="__all__")]):
            yield from exports(node)
        case ast.arg(annotation=ast.expr() as annotation):
            yield from _identifiers(annotation)
        case ast.AnnAssign():
            yield from _identifiers(node.annotation)
        case ast.FunctionDef(returns=ast.expr() as returns):
            yield from _identifiers(returns)
        case ast.AsyncFunctionDef(returns=ast.expr() as returns):
            yield from _identifiers(returns)
        case ast.Call(func=ast.Name(id="cast" | "TypeVar" | "NewType")):
            yield from _identifiers(node)
        case _:
            return


def _identifiers(node: ast.expr) -> Iterator[str]:
    for part in walk(node):
        if isinstance(part, ast.Constant) and isinstance(part.value, str):
            yield from _IDENTIFIER.findall(part.value)

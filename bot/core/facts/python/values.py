"""Which functions code hands on as values, and which attributes it writes."""

import ast
from collections.abc import Iterator
from typing import TypeAlias

from bot.core.facts.python.walk import walk

Function: TypeAlias = ast.FunctionDef | ast.AsyncFunctionDef

# What calls the function that it is given, and does not look into it.
_CALLERS = frozenset(
    {"agg", "apply", "applymap", "delayed", "filter", "imap", "imap_unordered", "map", "max"}
    | {"min", "pipe", "reduce", "sort", "sort_values", "sorted", "starmap", "submit", "transform"}
)
_CALLBACKS = frozenset({"func", "function", "key", "target"})


def is_private(name: str) -> bool:
    """Tell whether a name is meant for its own module only."""
    return name.startswith("_") and not name.startswith("__") and name != "_"


def passed_as_values(tree: ast.AST) -> set[str]:
    """Return the names, attributes included, that are read other than to call them.

    Left out are those handed to `map`, `apply` and the like, which only call them.
    """
    return _read_uncalled(tree, {id(node) for node in _callbacks(tree)})


def read_uncalled(tree: ast.AST) -> set[str]:
    """Return the names, attributes included, that are read other than to call them."""
    return _read_uncalled(tree, set())


def called_with_names(tree: ast.AST) -> set[str]:
    """Return the names of functions that are called with a keyword or with `*` or `**`."""
    return {
        _name(node.func)
        for node in walk(tree)
        if isinstance(node, ast.Call)
        and (node.keywords or any(isinstance(a, ast.Starred) for a in node.args))
    }


def written_attributes(tree: ast.AST) -> set[str]:
    """Return the names of attributes that are assigned to or deleted."""
    return {
        node.attr
        for node in walk(tree)
        if isinstance(node, ast.Attribute) and not isinstance(node.ctx, ast.Load)
    }


def base_names(tree: ast.AST) -> set[str]:
    """Return the names, attributes included, that stand among the bases of a class."""
    return {
        _name(part)
        for node in walk(tree)
        if isinstance(node, ast.ClassDef)
        for base in node.bases
        for part in walk(base)
        if isinstance(part, ast.expr)
    }


def keywords(tree: ast.AST) -> set[str]:
    """Return the names by which arguments are given anywhere."""
    return {n.arg for n in walk(tree) if isinstance(n, ast.keyword) and n.arg is not None}


def _read_uncalled(tree: ast.AST, harmless: set[int]) -> set[str]:
    harmless |= {id(node.func) for node in walk(tree) if isinstance(node, ast.Call)}
    return {
        _name(node)
        for node in walk(tree)
        if isinstance(node, ast.Name | ast.Attribute)
        and isinstance(node.ctx, ast.Load)
        and id(node) not in harmless
    }


def _callbacks(tree: ast.AST) -> Iterator[ast.expr]:
    for node in walk(tree):
        if isinstance(node, ast.Call) and _name(node.func) in _CALLERS:
            yield from node.args
            yield from (word.value for word in node.keywords if word.arg in _CALLBACKS)


def _name(node: ast.expr) -> str:
    match node:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
        case _:
            return ""

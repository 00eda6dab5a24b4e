"""Modules inside packages that an import loads, and those that code reaches through the package.

`from scipy import signal` makes `scipy.signal` work in every file, whether or not this one uses
the name `signal`.
"""

import ast
from collections.abc import Iterator, Mapping

from bot.core.facts.python.names import alias_name
from bot.core.facts.python.walk import walk

# Packages of which no import loads all modules.
_IN_PARTS = frozenset(
    {"collections", "concurrent", "http", "importlib", "logging", "matplotlib", "multiprocessing"}
    | {"scipy", "sklearn", "urllib", "xml"}
)


def loaded_modules(single: ast.Import | ast.ImportFrom) -> Iterator[str]:
    """Yield the modules inside of packages that an import of one name may be the only one to load.

    What has a small first letter may be a module.
    """
    name = single.names[0].name
    if isinstance(single, ast.ImportFrom):
        name = f"{single.module}.{name}"
    parts = name.split(".")
    if parts[0] in _IN_PARTS:
        for size in range(2, len(parts) + 1):
            if parts[size - 1].islower():
                yield ".".join(parts[:size])


def reached_modules(module: ast.Module) -> frozenset[str]:
    """Return the dotted names that code reads through the names of packages it imported."""
    origins = dict(origin for node in walk(module) for origin in _origins(node))
    return frozenset(
        path
        for node in walk(module)
        if isinstance(node, ast.Attribute) and (path := _path(node, origins))
    )


def _origins(node: ast.AST) -> Iterator[tuple[str, str]]:
    match node:
        case ast.Import(names=names):
            for alias in names:
                yield alias_name(alias), alias.name if alias.asname else alias_name(alias)
        case ast.ImportFrom(module=str(module), names=names, level=0):
            yield from ((alias_name(alias), f"{module}.{alias.name}") for alias in names)
        case _:
            return


def _path(node: ast.expr, origins: Mapping[str, str]) -> str:
    match node:
        case ast.Name(id=name):
            return origins.get(name, "")
        case ast.Attribute(value=value, attr=attribute):
            package = _path(value, origins)
            return f"{package}.{attribute}" if package else ""
        case _:
            return ""

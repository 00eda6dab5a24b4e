"""Which names of a Python file the other files take, by an import or through the module."""

import ast
from collections.abc import Collection, Iterator

from bot.core.facts.python.names import EVERYTHING
from bot.core.facts.python.walk import walk

# What imports a module whose name may not be in the code.
_FINDING = frozenset({"__import__", "import_module", "import_string", "run_module", "run_path"})


def names_taken(module: str, others: Collection[ast.Module]) -> frozenset[str]:
    """Return the names that these files take from the one that can be imported as `module`.

    `module` is the last part of that name. It is `EVERYTHING` where they may take any name: by
    `*`, by handing the module on as a value, or by importing one whose name is not in the code.
    """
    return frozenset(name for other in others for name in _taken(module, other))


def _taken(module: str, other: ast.Module) -> Iterator[str]:
    nodes = walk(other)
    imported = {name for node in nodes for name in _aliases(module, node)}
    owners = {id(node.value) for node in nodes if isinstance(node, ast.Attribute)}
    for node in nodes:
        match node:
            case ast.ImportFrom(module=path, names=names) if _last(path or module) == module:
                yield from (alias.name for alias in names)
            case ast.Attribute(value=value, attr=attr) if _tail(value) in imported | {module}:
                yield from EVERYTHING if attr == "__dict__" else {attr}
            case _:
                pass
        if _tail(node) in _FINDING or (_tail(node) in imported and id(node) not in owners):
            yield from EVERYTHING


def _aliases(module: str, node: ast.AST) -> Iterator[str]:
    """Yield the names that a node imports the module itself as."""
    if isinstance(node, ast.Import | ast.ImportFrom):
        for alias in node.names:
            if _last(alias.name) == module:
                yield alias.asname or module


def _last(path: str) -> str:
    return path.rpartition(".")[2]


def _tail(node: ast.AST) -> str:
    """Return the last part of a dotted name; nothing for anything else."""
    match node:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
        case _:
            return ""

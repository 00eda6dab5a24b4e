"""Definitions that stand in another order, where the order cannot matter."""

import ast
from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from typing import NamedTuple

from bot.core.facts.python.annotation_values import Meanings, read_meanings
from bot.core.facts.python.annotations import is_plain_class
from bot.core.facts.python.imports import STANDARD_MODULES
from bot.core.facts.python.names import (
    alias_name,
    bindings,
    is_dynamic,
    module_parts,
    used,
)
from bot.core.facts.python.quiet import (
    is_data_class,
    is_quiet_class,
    is_quiet_constant,
    is_quiet_function,
    is_quiet_method,
)
from bot.core.facts.python.surroundings import Surroundings
from bot.core.facts.python.values import Function
from bot.core.facts.python.walk import walk

# Names of what lists the definitions of a class or module in their order.
_LISTING = frozenset({"__dict__", "getmembers"})


class Moved(NamedTuple):
    """A definition that stands in another order, and its line after."""

    name: str
    line: int


def restore_order(before: ast.Module, after: ast.Module, around: Surroundings) -> list[Moved]:
    """Bring definitions whose place cannot matter into one order, in place; return what moved.

    Those are quiet: they bind one name, once, and do nothing else; and in both versions they stand
    before the first statement that reads their name, be it through functions that it may call.
    """
    if around.are_unknown or is_dynamic(before) or is_dynamic(after):
        return []
    if not _LISTING.isdisjoint(around.identifiers):
        return []
    was, now = movable_definitions(before, around), movable_definitions(after, around)
    names = was.keys() & now.keys()
    moved = _first_moved(_order(before.body, names), _order(after.body, names))
    for module, movable in ((before, was), (after, now)):
        chosen = {id(movable[name]) for name in names}
        rest = [statement for statement in module.body if id(statement) not in chosen]
        module.body = [*(movable[name] for name in sorted(names)), *rest]
    found = [Moved(moved, now[moved].lineno)] if moved else []
    return [*found, *_restored_methods(before, after, around)]


def _restored_methods(
    before: ast.Module, after: ast.Module, around: Surroundings
) -> Iterator[Moved]:
    """Bring methods of classes without a base into one order; yield the first that moved."""
    was, now = _classes(before, around), _classes(after, around)
    for name in was.keys() & now.keys():
        old, new = was[name], now[name]
        names = old.methods.keys() & new.methods.keys()
        moved = _first_moved(_order(old.node.body, names), _order(new.node.body, names))
        for one in (old, new):
            chosen = {id(one.methods[method]) for method in names}
            rest = [inner for inner in one.node.body if id(inner) not in chosen]
            one.node.body = [*(one.methods[method] for method in sorted(names)), *rest]
        if moved:
            yield Moved(f"{name}.{moved}", new.methods[moved].lineno)


class _Class(NamedTuple):
    """A class, and those of its methods whose place cannot matter."""

    node: ast.ClassDef
    methods: Mapping[str, ast.stmt]


def _classes(module: ast.Module, around: Surroundings) -> dict[str, _Class]:
    counts, meanings = bindings(module), read_meanings(module, around.python)
    return {
        statement.name: _Class(statement, _movable_methods(statement, meanings))
        for statement in module.body
        if isinstance(statement, ast.ClassDef)
        and (is_plain_class(statement) or is_data_class(statement, meanings))
        and counts[statement.name] == 1
    }


def _movable_methods(node: ast.ClassDef, meanings: Meanings) -> dict[str, ast.stmt]:
    bound = Counter(name for inner in node.body for name in _binds_anywhere(inner))
    quiet = {id(inner) for inner in node.body if is_quiet_method(inner, meanings)}
    read = {name for inner in node.body if id(inner) not in quiet for name in used(inner)}
    return {
        inner.name: inner
        for inner in node.body
        if isinstance(inner, Function)
        and id(inner) in quiet
        and bound[inner.name] == 1
        and inner.name not in read
    }


def _first_moved(was: list[str], now: list[str]) -> str | None:
    """Return the first name that stands where another one, or other code, stood."""
    pairs = zip(was, now, strict=False)
    return next((name for pair in pairs if pair[0] != pair[1] for name in pair if name), None)


def _order(body: list[ast.stmt], names: Collection[str]) -> list[str]:
    """Return the names in their order, with an empty one for each other statement but imports."""
    return [
        name if name in names else ""
        for statement in body
        for name in [next(_binds(statement), "")]
        if not isinstance(statement, ast.Import | ast.ImportFrom)
    ]


def movable_definitions(module: ast.Module, around: Surroundings) -> dict[str, ast.stmt]:
    """Return, by name, the definitions that are made once, and before anything can read them."""
    counts = bindings(module)
    meanings = read_meanings(module, around.python)
    quiet = {
        name: (index, statement)
        for index, statement in enumerate(module.body)
        if is_quiet_function(statement, meanings)
        or is_quiet_class(statement, meanings, known=())
        or is_quiet_constant(statement)
        or _is_standard_import(statement, around)
        for name in _binds(statement)
        if counts[name] == 1
    }
    read = _first_reads(module, {id(statement) for _, statement in quiet.values()}, around)
    return {
        name: statement
        for name, (index, statement) in quiet.items()
        if read.get(name, len(module.body)) > index
    }


def _first_reads(module: ast.Module, quiet: set[int], around: Surroundings) -> dict[str, int]:
    """Return for each name the first statement, by its index, that may read it when it runs."""
    reads = [used(statement) for statement in module.body]
    by_name: dict[str, set[str]] = {}
    for statement, names in zip(module.body, reads, strict=True):
        for name in _binds_anywhere(statement):
            by_name.setdefault(name, set()).update(names)
    first: dict[str, int] = {}
    for index, statement in enumerate(module.body):
        if id(statement) in quiet:
            continue
        waiting = {*reads[index], *_read_by_import(statement, around)}
        while waiting:
            name = waiting.pop()
            if name not in first:
                first[name] = index
                waiting |= by_name.get(name, set())
    return first


def _read_by_import(statement: ast.stmt, around: Surroundings) -> frozenset[str]:
    """Return what an import of a file of ours may read here, where files import each other."""
    if not around.know_the_module:
        return frozenset()
    imported = {part for node in walk(statement) for part in module_parts(node)}
    return around.identifiers if imported & around.modules else frozenset()


def _is_standard_import(statement: ast.stmt, around: Surroundings) -> bool:
    match statement:
        case ast.Import(names=[alias]):
            module = alias.name.partition(".")[0]
        case ast.ImportFrom(module=str(name), names=[_], level=0):
            module = name.partition(".")[0]
        case _:
            return False
    return module in STANDARD_MODULES - around.modules


def _binds(statement: ast.stmt) -> Iterator[str]:
    match statement:
        case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
            yield name
        case ast.Assign(targets=[ast.Name(id=name)]):
            yield name
        case ast.Import(names=[alias]) | ast.ImportFrom(names=[alias]):
            yield alias_name(alias)
        case _:
            return


def _binds_anywhere(statement: ast.stmt) -> Counter[str]:
    if isinstance(statement, Function | ast.ClassDef):
        return Counter([statement.name])
    return bindings(statement)

"""Private functions and constants that were renamed, or that nothing used and that went."""

import ast
from collections.abc import Collection, Iterator
from typing import NamedTuple

from bot.core.facts.python.annotation_values import read_meanings
from bot.core.facts.python.local_names import Renamed
from bot.core.facts.python.names import bindings, held, identifiers, is_dynamic, used
from bot.core.facts.python.quiet import is_quiet_constant, is_quiet_function
from bot.core.facts.python.surroundings import Surroundings
from bot.core.facts.python.values import Function, is_private, read_uncalled, written_attributes
from bot.core.facts.python.walk import walk

_MOST = 100  # names that are looked up in the other files


class _Owned(NamedTuple):
    """A private name of the module that nothing outside knows, and what defines it."""

    name: str
    statement: ast.stmt


def undo_private_renames(
    before: ast.Module, after: ast.Module, around: Surroundings
) -> list[Renamed]:
    """Give private functions and constants of `after`, in place, the names that they had.

    Both names are bound once, stand in no text and in no other file, and a function is only ever
    called: nothing can have stored it under its name.
    """
    if around.are_unknown or is_dynamic(before) or is_dynamic(after):
        return []
    gone = _owned(before, identifiers(after), around)
    new = _owned(after, identifiers(before), around)
    pairs = [
        (old, now)
        for old, now in zip(gone, new, strict=False)
        if type(old.statement) is type(now.statement)
    ]
    if len(gone) != len(new) or len(pairs) != len(gone):
        return []
    names = {now.name: old.name for old, now in pairs}
    for node in walk(after):
        if isinstance(node, ast.Name):
            node.id = names.get(node.id, node.id)
        elif isinstance(node, Function):
            node.name = names.get(node.name, node.name)
    return [Renamed("module", old.name, now.name, now.statement.lineno) for old, now in pairs]


def remove_unused_private(
    before: ast.Module, after: ast.Module, around: Surroundings
) -> list[ast.stmt]:
    """Remove from `before`, in place, private definitions that nothing read; return them.

    They are gone from `after`, or they would have to be compared.
    """
    if around.are_unknown or is_dynamic(before) or is_dynamic(after):
        return []
    meanings = read_meanings(before, around.python)
    removed: list[ast.stmt] = []
    candidates = [
        owned
        for owned in _owned(before, identifiers(after), around, read=True)
        if is_quiet_function(owned.statement, meanings) or is_quiet_constant(owned.statement)
    ]
    while unread := _unread(before, candidates):
        removed += unread
        chosen = {id(statement) for statement in unread}
        candidates = [owned for owned in candidates if id(owned.statement) not in chosen]
        before.body = [s for s in before.body if id(s) not in chosen]
    return removed


def _unread(module: ast.Module, candidates: list[_Owned]) -> list[ast.stmt]:
    if not candidates:
        return []
    reads: dict[str, int] = {}
    for statement in module.body:
        for name in used(statement):
            reads[name] = reads.get(name, 0) + 1
    return [
        statement
        for name, statement in candidates
        if reads.get(name, 0) == (name in used(statement))
    ]


def _owned(
    module: ast.Module, others: Collection[str], around: Surroundings, *, read: bool = False
) -> list[_Owned]:
    """Return what only this version defines and nothing else can know; `read` as values too."""
    counts = bindings(module)
    known = {*others, *around.identifiers, *written_attributes(module), *_texts(module)}
    known |= set() if read else {name for name in read_uncalled(module) if name in _called(module)}
    found = [
        _Owned(name, statement)
        for name, statement in _private(module)
        if counts[name] == 1 and name not in known
    ]
    if len(found) > _MOST:
        return []
    return [owned for owned in found if not around.mention(owned.name)]


def _called(module: ast.Module) -> set[str]:
    return {statement.name for statement in module.body if isinstance(statement, Function)}


def _texts(module: ast.Module) -> set[str]:
    """Return the words of the texts in the code, by which something may look a name up."""
    return {
        name
        for node in walk(module)
        if not isinstance(node, ast.Name)
        for name in held(node)
        if not isinstance(node, Function)
    }


def _private(module: ast.Module) -> Iterator[tuple[str, ast.stmt]]:
    for statement in module.body:
        match statement:
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name):
                if is_private(name) and not statement.decorator_list:
                    yield name, statement
            case ast.Assign(targets=[ast.Name(id=name)], value=value):
                if is_private(name) and not isinstance(value, ast.Lambda):
                    yield name, statement
            case _:
                pass

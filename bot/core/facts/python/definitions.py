"""Where two versions of a module differ: which function, class, constant or import, and how."""

import ast
from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from typing import NamedTuple

from bot.core.change import Change, Kind
from bot.core.facts.python.bodies import differences
from bot.core.facts.python.classes import bases_text, class_changes
from bot.core.facts.python.code_text import shown, shown_pair, signature_text
from bot.core.facts.python.functions import function_changes
from bot.core.facts.python.imported import import_changes
from bot.core.facts.python.same import are_same, is_same
from bot.core.facts.python.signature import Function

_MOST = 200  # changes that are told of one file; one more says that there are more

_KINDS = {
    "function": Kind.FUNCTION_CHANGED,
    "class": Kind.CLASS_CHANGED,
    "constant": Kind.CONSTANT_CHANGED,
    "statement": Kind.STATEMENT_CHANGED,
}


class Key(NamedTuple):
    """What a statement at the top of a module defines."""

    sort: str
    name: str


Definitions = Mapping[Key, list[ast.stmt]]


def definition_changes(
    before: ast.Module, after: ast.Module, path: str, *, added: Iterable[ast.stmt] = ()
) -> Iterator[Change]:
    """Yield a change for each definition that differs; at least one if the modules differ.

    `added` are definitions of the later version that were judged already and taken out of `after`:
    a function that is gone may have become one of them.
    """
    found = list(islice(_changes(before, after, path, added), _MOST + 1))
    if len(found) > _MOST:
        more = Change(Kind.STATEMENT_CHANGED, "more code than is listed", None, None, path, 1)
        found = [*found[:_MOST], more]
    yield from found or _order(before, after, path)


def _changes(
    before: ast.Module, after: ast.Module, path: str, added: Iterable[ast.stmt]
) -> Iterator[Change]:
    was, now = _definitions(before), _definitions(after)
    names = _renamed(was, now, added)
    yield from import_changes(before, after, path)
    for key in dict.fromkeys([*was, *now]):
        old, new = was.get(key, []), now.get(key, [])
        if key.name in names:
            yield from _renaming(key, old, names[key.name], path)
        elif not (old and new):
            yield _appeared_or_gone(key, old, new, path)
        elif not are_same(old, new):
            yield from _difference(key, old, new, path)


def _order(before: ast.Module, after: ast.Module, path: str) -> Iterator[Change]:
    """Yield a change if the same statements stand in another order."""
    if is_same(before, after):
        return
    pairs = zip(before.body, after.body, strict=False)
    line = next((b.lineno for a, b in pairs if not is_same(a, b)), 1)
    yield Change(Kind.STATEMENT_CHANGED, "order of statements", None, None, path, line)


def _definitions(module: ast.Module) -> dict[Key, list[ast.stmt]]:
    found: dict[Key, list[ast.stmt]] = {}
    for statement in module.body:
        if not isinstance(statement, ast.Import | ast.ImportFrom):
            found.setdefault(_key(statement), []).append(statement)
    return found


def _key(statement: ast.stmt) -> Key:
    match statement:
        case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name):
            return Key("function", name)
        case ast.ClassDef(name=name):
            return Key("class", name)
        case ast.Assign(targets=[ast.Name(id=name)]) | ast.AnnAssign(target=ast.Name(id=name)):
            return Key("constant", name)
        case _:
            return Key("statement", ast.dump(statement))


def _renamed(was: Definitions, now: Definitions, added: Iterable[ast.stmt]) -> dict[str, Function]:
    """Return the functions that got another name, by the name they had and the one they have."""
    new = [found[-1] for key, found in now.items() if key not in was]
    others = [one for one in (*new, *added) if isinstance(one, Function)]
    found: dict[str, Function] = {}
    if len(others) > _MOST:
        return found
    for key, statements in islice(was.items(), _MOST):
        one = statements[-1]
        if key not in now and isinstance(one, Function):
            match = next((other for other in others if _is_same_but_name(one, other)), None)
            if match:
                found |= {key.name: match, match.name: match}
    return found


def _is_same_but_name(one: Function, other: Function) -> bool:
    parts = [(f.args, f.body, f.decorator_list, f.returns) for f in (one, other)]
    return type(one) is type(other) and are_same(list(parts[0]), list(parts[1]))


def _renaming(key: Key, old: list[ast.stmt], new: Function, path: str) -> Iterator[Change]:
    """Yield the change at the name that is gone; the new name is part of it."""
    if old:
        kind = Kind.FUNCTION_RENAMED
        yield Change(kind, "function", key.name, new.name, path, new.lineno)


def _appeared_or_gone(key: Key, before: list[ast.stmt], after: list[ast.stmt], path: str) -> Change:
    stands = (after or before)[0]
    kind = _KINDS[key.sort]
    if key.sort == "function" and not after:
        kind = Kind.FUNCTION_REMOVED
    texts = [_detail(found[0]) if found else None for found in (before, after)]
    return Change(kind, _subject(key), texts[0], texts[1], path, stands.lineno)


def _difference(
    key: Key, before: list[ast.stmt], after: list[ast.stmt], path: str
) -> Iterator[Change]:
    """Yield how a definition differs: in its last form, which counts, or else in another."""
    found: list[Change] = []
    match before[-1], after[-1]:
        case (
            ast.FunctionDef() | ast.AsyncFunctionDef() as was,
            ast.FunctionDef() | ast.AsyncFunctionDef() as now,
        ):
            found = list(function_changes(_subject(key), was, now, path))
        case ast.ClassDef() as was, ast.ClassDef() as now:
            found = list(class_changes(was, now, path))
        case ast.Assign(value=was), ast.Assign(value=now):
            if not is_same(was, now):
                found = [_change(key, shown_pair(was, now), path, after[-1].lineno)]
        case _:
            pass
    yield from found or _otherwise(key, before, after, path)


def _otherwise(
    key: Key, before: list[ast.stmt], after: list[ast.stmt], path: str
) -> Iterator[Change]:
    place = next(differences(before, after, after[-1].lineno))
    sides = [side[0] if side else None for side in (place.before, place.after)]
    texts = [shown(node) if node else None for node in sides]
    yield _change(key, (texts[0], texts[1]), path, place.line)


def _change(key: Key, texts: tuple[str | None, str | None], path: str, line: int) -> Change:
    return Change(_KINDS[key.sort], _subject(key), texts[0], texts[1], path, line)


def _detail(statement: ast.stmt) -> str:
    """Return what a message says of a statement beside the name it defines."""
    match statement:
        case ast.FunctionDef() | ast.AsyncFunctionDef():
            return signature_text(statement)
        case ast.ClassDef():
            return bases_text(statement) or "()"
        case ast.Assign(targets=[ast.Name()], value=ast.expr() as value):
            return shown(value)
        case _:
            return shown(statement)


def _subject(key: Key) -> str:
    return "code" if key.sort == "statement" else f"{key.sort} {key.name}"

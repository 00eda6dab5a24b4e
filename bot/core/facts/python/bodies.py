"""How the statements of two function bodies differ, and what that does to who calls them."""

import ast
from collections.abc import Iterator, Sequence
from itertools import takewhile
from typing import NamedTuple

from bot.core.change import Change, Kind
from bot.core.facts.python.code_text import shown, shown_pair
from bot.core.facts.python.returned import returned_names, returned_parts
from bot.core.facts.python.same import are_same, is_same

_SUITES = ("body", "handlers", "orelse", "finalbody", "cases")
_HANDLING = frozenset({"handlers", "finalbody"})
_RAISING = (ast.Raise, ast.Assert, ast.Try, ast.TryStar, ast.ExceptHandler)
_DEEPEST = 8  # suites in suites; what differs further inside is told of the statement around it


class Difference(NamedTuple):
    """Statements in a row of which one side became the other; one side may be empty."""

    before: Sequence[ast.AST]
    after: Sequence[ast.AST]
    is_handling: bool
    line: int


def differences(
    before: Sequence[ast.AST], after: Sequence[ast.AST], line: int
) -> Iterator[Difference]:
    """Yield the innermost statements that differ between two suites; none if they are the same.

    `line` is where the later suite stands, for what knows no line of its own.
    """
    yield from _in_suites(Difference(before, after, is_handling=False, line=line), _DEEPEST)


def body_changes(
    label: str, before: ast.stmt, after: ast.stmt, kind: Kind, path: str
) -> Iterator[Change]:
    """Yield the first change of each sort between two bodies: keys, exceptions, anything else.

    `kind` is that of anything else, `label` names what the bodies belong to.
    """
    names = returned_names(before) | returned_names(after)
    seen = set()
    for found in differences(_body(before), _body(after), after.lineno):
        change = _change(label, found, names, kind, path)
        if change.kind not in seen:
            seen.add(change.kind)
            yield change


def _change(label: str, found: Difference, names: frozenset[str], kind: Kind, path: str) -> Change:
    if found.is_handling or _raises(found):
        kind = Kind.EXCEPTION_HANDLING_CHANGED
    else:
        was, now = (returned_parts(side, names) for side in (found.before, found.after))
        if was != now:
            gone, new = _listed(was, now), _listed(now, was)
            if not gone and not new:
                gone, new = ", ".join(was), ", ".join(now)
            subject = f"{label}: returned"
            line = found.line
            return Change(Kind.RETURN_KEYS_CHANGED, subject, gone or None, new or None, path, line)
    texts = _texts(found)
    return Change(kind, label, texts[0], texts[1], path, found.line)


def _listed(parts: Sequence[str], others: Sequence[str]) -> str:
    return ", ".join(dict.fromkeys(part for part in parts if part not in others))


def _texts(found: Difference) -> tuple[str | None, str | None]:
    if found.before and found.after:
        return shown_pair(found.before[0], found.after[0])
    was, now = (shown(side[0]) if side else None for side in (found.before, found.after))
    return was, now


def _raises(found: Difference) -> bool:
    """Tell whether what differs raises or catches; of two alike statements, only their own sort."""
    sides = (found.before, found.after)
    if [type(node) for node in found.before] == [type(node) for node in found.after]:
        return any(isinstance(node, _RAISING) for side in sides for node in side)
    nodes = (inner for side in sides for node in side for inner in ast.walk(node))
    return any(isinstance(node, _RAISING) for node in nodes)


def _in_suites(around: Difference, depth: int) -> Iterator[Difference]:
    """Yield the differences of two suites: pair by pair if they are of one length."""
    was, now = _middle(around.before, around.after)
    line = _line((now or was or around.after), around.line)
    if len(was) != len(now):
        yield Difference(was, now, around.is_handling, line)
        return
    for one, other in zip(was, now, strict=True):
        if not is_same(one, other):
            place = _line([other], around.line)
            yield from _inside(Difference([one], [other], around.is_handling, place), depth)


def _inside(pair: Difference, depth: int) -> Iterator[Difference]:
    """Yield the differences inside of two statements, or the statements if those are elsewhere."""
    one, other = pair.before[0], pair.after[0]
    if not depth or type(one) is not type(other) or not _has_same_head(one, other):
        yield pair
        return
    for suite in _SUITES:
        is_handling = pair.is_handling or suite in _HANDLING
        was, now = getattr(one, suite, None), getattr(other, suite, None)
        if isinstance(was, list) and isinstance(now, list):
            yield from _in_suites(Difference(was, now, is_handling, pair.line), depth - 1)


def _has_same_head(one: ast.AST, other: ast.AST) -> bool:
    """Tell whether two statements are alike apart from their suites, and have any."""
    heads = [
        [value for field, value in ast.iter_fields(node) if field not in _SUITES]
        for node in (one, other)
    ]
    return are_same(heads[0], heads[1])


def _middle(
    before: Sequence[ast.AST], after: Sequence[ast.AST]
) -> tuple[Sequence[ast.AST], Sequence[ast.AST]]:
    """Return both suites without the statements they begin and end with alike."""
    start = _alike(before, after)
    before, after = before[start:], after[start:]
    end = _alike(before[::-1], after[::-1])
    return before[: len(before) - end], after[: len(after) - end]


def _alike(before: Sequence[ast.AST], after: Sequence[ast.AST]) -> int:
    pairs = zip(before, after, strict=False)
    return sum(1 for _ in takewhile(lambda pair: is_same(*pair), pairs))


def _line(nodes: Sequence[ast.AST], otherwise: int) -> int:
    """Return where a statement stands; a `case` does not know."""
    line: int = getattr(nodes[0], "lineno", otherwise) if nodes else otherwise
    return line


def _body(statement: ast.stmt) -> Sequence[ast.AST]:
    body: Sequence[ast.AST] = getattr(statement, "body", [statement])
    return body

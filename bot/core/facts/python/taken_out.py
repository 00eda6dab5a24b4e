"""What was put aside on both sides before they were compared, and whether it differs."""

import ast
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from bot.core.change import Change, Kind
from bot.core.facts.python.code_text import shown


class Part(NamedTuple):
    """A piece of code that was put aside.

    Attributes:
        owner: the function or constant that it belonged to; empty for the module as a whole.
        place: where it stood there: the name of a parameter.
        code: its tree as text, which tells whether two are the same.
    """

    owner: str
    place: str
    code: str
    node: ast.stmt | ast.expr | ast.excepthandler


def difference(
    kind: Kind, subject: str, parts: tuple[Sequence[Part], Sequence[Part]], path: str
) -> Iterator[Change]:
    """Yield one change if the parts of the two sides differ, at the first that does."""
    was, now = ([part[:3] for part in side] for side in parts)
    if was == now:
        return
    kept = set(was) & set(now)
    gone = [part for part in parts[0] if part[:3] not in kept]
    new = [part for part in parts[1] if part[:3] not in kept]
    texts = [shown(some[0].node) if some else None for some in (gone, new)]
    stands = (new or gone or parts[1])[0].node
    yield Change(kind, subject, texts[0], texts[1], path, stands.lineno)

"""Two sequences laid side by side, in bounded time."""

from collections.abc import Callable, Hashable, Iterator, Sequence
from difflib import SequenceMatcher
from typing import TypeVar

Item = TypeVar("Item")

_MAX_PAIRS = 20_000


def align(
    before: Sequence[Item], after: Sequence[Item], key: Callable[[Item], Hashable]
) -> Iterator[tuple[Sequence[Item], Sequence[Item], bool]]:
    """Yield stretches of both sequences, and whether their keys are equal one by one.

    Beyond what is equal at both ends, long sequences are taken as different throughout: finding
    the best match costs the product of their lengths and more.
    """
    was, now = [key(item) for item in before], [key(item) for item in after]
    head = _common(was, now)
    tail = _common(was[head:][::-1], now[head:][::-1])
    i2, j2 = len(was) - tail, len(now) - tail
    if head:
        yield before[:head], after[:head], True
    yield from _middle(before[head:i2], after[head:j2], was[head:i2], now[head:j2])
    if tail:
        yield before[i2:], after[j2:], True


def _middle(
    before: Sequence[Item],
    after: Sequence[Item],
    was: Sequence[Hashable],
    now: Sequence[Hashable],
) -> Iterator[tuple[Sequence[Item], Sequence[Item], bool]]:
    if not was and not now:
        return
    if len(was) * len(now) > _MAX_PAIRS:
        yield before, after, False
        return
    matcher = SequenceMatcher(None, was, now, autojunk=False)
    for tag, i1, i2, j1, j2 in matcher.get_opcodes():
        yield before[i1:i2], after[j1:j2], tag == "equal"


def _common(one: Sequence[Hashable], other: Sequence[Hashable]) -> int:
    """Return how many items are equal from the start."""
    count = 0
    for left, right in zip(one, other, strict=False):
        if left != right:
            break
        count += 1
    return count

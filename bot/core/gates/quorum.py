"""Seats of a gate and who fills them: one person never fills two.

A gate that asks two groups wants two views. Somebody who belongs to both groups could otherwise
release to production alone, so every counted approval fills exactly one seat. Which one is chosen
so that as many seats as possible are filled.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import TypeAlias

from bot.core.gates.approval import Counted

Seat: TypeAlias = tuple[str, int]


def seat(
    counted: Iterable[Counted], groups: Sequence[str], quorum: int
) -> Mapping[str, tuple[str, ...]]:
    """Return who fills the `quorum` seats of each group; fewer logins mean empty seats."""
    people = {approval.login.casefold(): approval for approval in counted}
    taken: dict[Seat, str] = {}
    for login in people:
        _find_seat(login, people, [(g, i) for g in groups for i in range(quorum)], taken, set())
    return {
        group: tuple(people[taken[group, i]].login for i in range(quorum) if (group, i) in taken)
        for group in groups
    }


def _find_seat(
    login: str,
    people: Mapping[str, Counted],
    seats: Sequence[Seat],
    taken: dict[Seat, str],
    tried: set[Seat],
) -> bool:
    """Seat `login`, asking those who sit to move where they can (augmenting paths)."""
    for place in seats:
        if place in tried or place[0] not in people[login].groups:
            continue
        tried.add(place)
        if place not in taken or _find_seat(taken[place], people, seats, taken, tried):
            taken[place] = login
            return True
    return False

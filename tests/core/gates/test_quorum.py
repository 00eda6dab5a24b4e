"""Seats are filled as well as they can be, and nobody fills two."""

from datetime import UTC, datetime
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.gates.approval import Counted
from bot.core.gates.quorum import seat

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
GROUPS = ("engineers", "managers")


def approval(login: str, *groups: str) -> Counted:
    return Counted(login, groups, NOW)


@pytest.mark.parametrize(
    ("approvals", "quorum", "engineers", "managers"),
    [
        pytest.param([], 1, 0, 0, id="nobody"),
        pytest.param([approval("ann", "engineers")], 1, 1, 0, id="one of one group"),
        pytest.param([approval("eve", "engineers", "managers")], 1, 1, 0, id="one of both groups"),
        pytest.param(
            [approval("eve", "engineers", "managers"), approval("EVE", "managers")],
            1,
            0,
            1,
            id="the same person twice",
        ),
        pytest.param(
            [approval("eve", "engineers", "managers"), approval("ann", "engineers")],
            1,
            1,
            1,
            id="makes room for one who fits only there",
        ),
        pytest.param(
            [approval("ann", "engineers"), approval("bob", "engineers")],
            1,
            1,
            0,
            id="surplus of one group",
        ),
        pytest.param(
            [
                approval("eve", "engineers", "managers"),
                approval("mia", "engineers", "managers"),
                approval("ann", "engineers"),
            ],
            2,
            2,
            1,
            id="three for four seats",
        ),
    ],
)
def test_fills_seats(approvals: list[Counted], quorum: int, engineers: int, managers: int) -> None:
    seated = seat(approvals, GROUPS, quorum)

    assert (len(seated["engineers"]), len(seated["managers"])) == (engineers, managers)


@given(
    st.lists(st.lists(st.sampled_from(GROUPS), unique=True, max_size=2), max_size=5),
    st.integers(min_value=1, max_value=2),
)
def test_fills_as_many_seats_as_any_other_way(memberships: list[list[str]], quorum: int) -> None:
    approvals = [approval(f"p{i}", *groups) for i, groups in enumerate(memberships)]
    seats = [group for group in GROUPS for _ in range(quorum)]

    seated = seat(approvals, GROUPS, quorum)

    people = [login for logins in seated.values() for login in logins]
    assert len(people) == len(set(people))
    padded = [*approvals, *[None] * len(seats)]
    best = max(
        sum(1 for who, group in zip(order, seats, strict=False) if who and group in who.groups)
        for order in permutations(padded, len(seats))
    )
    assert len(people) == best

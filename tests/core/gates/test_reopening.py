"""A gate that has expired opens again for whoever approves again, and for nobody's old word."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.config.policy import GatePolicy
from bot.core.gates.approval import Conversation, ReleaseContent, Review
from bot.core.gates.facts import ProductionFacts, Pull, Tests
from bot.core.gates.gate import Gate, production_gate
from bot.core.gates.reopening import window_since

VERDICT = datetime(2026, 3, 1, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
DAY = 24 * HOUR
CONTENT = ReleaseContent("tf", "1.5.1", "a" * 64, "b" * 64)
GROUPS = {"engineers": ("ann", "ben", "tom"), "managers": ("mia",)}
RULE = GatePolicy(("engineers", "managers"), "24h")


def approved(login: str, hours: float, commit: str = "head") -> Review:
    return Review(login, "APPROVED", commit, VERDICT + hours * HOUR)


def talk(*reviews: Review) -> Conversation:
    return Conversation(
        author="tom",
        pushers=("tom",),
        bots=(),
        reviews=reviews,
        permissions=dict.fromkeys(("ann", "ben", "mia", "tom", "eve"), "write"),
        contents={"head": CONTENT},
        head=CONTENT,
    )


def gate(hours: float, *reviews: Review) -> Gate:
    facts = ProductionFacts(
        conversation=talk(*reviews),
        pull=Pull(draft=False, from_fork=False, agrees=True),
        releases_environment=True,
        evidence="complete",
        in_registry=True,
        tests=Tests("passed", VERDICT, 3, 3),
        production_writes=3,
    )
    return production_gate(facts, RULE, GROUPS, VERDICT + hours * HOUR)


IN_TIME = (approved("ann", 1), approved("mia", 2))


def test_approvals_grow_old_together() -> None:
    expired = gate(25, *IN_TIME)

    assert expired.expired
    assert [one.id for one in expired.missing] == ["in_time"]


def test_an_expired_gate_asks_those_who_may_approve_to_do_it_again() -> None:
    [missing] = gate(25, *IN_TIME).missing

    assert missing.who == ("ann", "ben", "mia")
    assert missing.next == "Approve this pull request again"


def test_one_approval_opens_it_again_and_the_old_ones_stay_old() -> None:
    again = gate(27, *IN_TIME, approved("ann", 26))

    assert not again.expired
    assert [one.id for one in again.missing] == ["approval:managers"]
    assert [one.text for one in again.discounted] == [
        "mia approved before the gate expired, and must approve again"
    ]


def test_it_holds_once_all_have_approved_again() -> None:
    again = gate(28, *IN_TIME, approved("ann", 26), approved("mia", 27))

    assert again.holds
    assert again.until == VERDICT + 26 * HOUR + DAY


def test_it_expires_again_and_opens_again() -> None:
    given = (*IN_TIME, approved("ann", 26), approved("mia", 27))

    assert gate(51, *given).expired
    assert gate(53, *given, approved("ben", 51), approved("mia", 52)).holds


@pytest.mark.parametrize(
    "review",
    [
        pytest.param(approved("tom", 26), id="the author's"),
        pytest.param(approved("eve", 26), id="an outsider's"),
        pytest.param(approved("ann", 26, "older"), id="of other content"),
        pytest.param(approved("ann", 30), id="that is still to come"),
        pytest.param(Review("ann", "CHANGES_REQUESTED", "head", VERDICT + 26 * HOUR), id="no"),
        pytest.param(approved("ann", 24), id="of the last moment"),
    ],
)
def test_other_words_do_not_open_it(review: Review) -> None:
    assert gate(27, *IN_TIME, review).expired


def test_a_merge_in_time_stays_in_time_whatever_is_said_later() -> None:
    assert gate(20, *IN_TIME, approved("ann", 26)).holds


@given(hours=st.lists(st.floats(0.01, 200), max_size=8), now=st.floats(0.01, 200))
def test_a_window_is_never_longer_than_the_policy_allows(hours: list[float], now: float) -> None:
    given_then = talk(*(approved("ann", at) for at in hours))

    window = window_since(VERDICT, DAY, given_then, GROUPS, VERDICT + now * HOUR)

    counted = [VERDICT + at * HOUR for at in hours if at <= now]
    inside = [at for at in counted if window.after < at <= window.until]  # type: ignore[operator]  # both are set
    assert not inside or max(inside) - min(inside) <= DAY

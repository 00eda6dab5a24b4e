"""Whom a closed gate calls, and when it calls nobody."""

from datetime import UTC, datetime
from typing import Literal

import pytest

from bot.core.gates.call import Call, call_for
from bot.core.gates.gate import Gate, Stage
from bot.core.gates.requirements import Requirement, met
from bot.core.render.call import MOST, call_markdown, call_marker, call_message

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
ENGINEERS = Requirement(
    "approval:engineers", met=False, text="engineers: 0 of 1 approvals.", who=("ann", "ben")
)
MANAGERS = Requirement(
    "approval:managers", met=False, text="managers: 0 of 1 approvals.", who=("mia", "ben")
)
FAILED = Requirement(
    "tests", met=False, text="2 of 3 passed.", who=("ann",), next="/retry", code="TESTS_FAILED"
)
EXPIRED = Requirement(
    "in_time", met=False, text="It ended at noon.", who=("ann", "mia"), code="GATE_EXPIRED"
)


def gate(*requirements: Requirement, stage: Stage = "production") -> Gate:
    return Gate(stage, requirements, (), (), NOON, None)


@pytest.mark.parametrize(
    ("requirements", "state", "who"),
    [
        pytest.param((ENGINEERS,), "waiting", ("ann", "ben"), id="one group"),
        pytest.param((ENGINEERS, MANAGERS), "waiting", ("ann", "ben", "mia"), id="two groups"),
        pytest.param((FAILED, ENGINEERS, MANAGERS), "failed", ("ann",), id="failed tests"),
        pytest.param((EXPIRED, MANAGERS), "expired", ("ann", "mia"), id="expired"),
    ],
)
def test_calls_those_who_can_move_it(
    requirements: tuple[Requirement, ...],
    state: Literal["waiting", "failed", "expired"],
    who: tuple[str, ...],
) -> None:
    call = call_for([gate(*requirements)], "content")

    assert call is not None
    assert (call.state, call.who) == (state, who)
    assert call.missing == tuple(one.text for one in requirements)


@pytest.mark.parametrize(
    "requirements",
    [
        pytest.param((met("ready", "Ready."),), id="open gate"),
        pytest.param(
            (Requirement("evidence", met=False, text="None.", who=("tom",)), ENGINEERS),
            id="evidence first",
        ),
        pytest.param(
            (Requirement("tests", met=False, text="Running."), ENGINEERS), id="tests that run"
        ),
        pytest.param(
            (Requirement("approval:x", met=False, text="Nobody.", who=("org/team",)),),
            id="a team that nobody knows",
        ),
    ],
)
def test_calls_nobody_while_nobody_else_can_help(requirements: tuple[Requirement, ...]) -> None:
    assert call_for([gate(*requirements)], "content") is None


def test_the_first_closed_gate_calls() -> None:
    passed = gate(met("shared", "In the registry."), stage="registry")

    call = call_for([passed, gate(MANAGERS)], "content")

    assert call is not None
    assert call.stage == "production"


def call(state: Literal["waiting", "failed", "expired"] = "waiting", content: str = "one") -> Call:
    return Call("production", state, content, ("managers: 0 of 1.",), ("mia",), "Approve it")


def test_the_same_state_of_the_same_content_has_one_marker() -> None:
    later = Call("production", "waiting", "one", ("other words",), ("ben",), "Approve it")

    assert call_marker(call()) == call_marker(later)
    assert len({call_marker(one) for one in (call(), call("expired"), call(content="two"))}) == 3


def test_each_person_is_mentioned_and_the_gates_own_words_are_used() -> None:
    text = call_markdown(call())

    assert text.startswith("@mia: ")
    assert "- managers: 0 of 1." in text
    assert "**Next:** Approve it" in text


def test_a_crowd_is_not_mentioned_one_by_one() -> None:
    people = tuple(f"person-{number}" for number in range(MOST + 7))
    crowd = Call("registry", "waiting", "one", ("x.",), people, "/promote registry")

    assert call_markdown(crowd).count("@") == MOST
    assert "and 7 more" in call_markdown(crowd)


def test_a_machine_reads_the_same() -> None:
    assert call_message(call(), 7) == {
        "pull": 7,
        "stage": "production",
        "state": "waiting",
        "missing": ["managers: 0 of 1."],
        "who": ["mia"],
    }

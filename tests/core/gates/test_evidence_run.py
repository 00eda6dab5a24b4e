"""What a gate says of the run of the evidence notebook, where the policy asks for one."""

import pytest

from bot.core.evidence.evidence_run import NOT_RUN, EvidenceRun
from bot.core.gates.requirements import evidence_run


@pytest.mark.parametrize(
    ("run", "next_step", "who"),
    [
        pytest.param(NOT_RUN, "/evidence run", ("tom",), id="not run"),
        pytest.param(EvidenceRun("failed"), "/evidence run", ("tom",), id="failed"),
        pytest.param(EvidenceRun("running"), None, (), id="running"),
    ],
)
def test_a_gate_stays_closed_until_a_run_has_passed(
    run: EvidenceRun, next_step: str | None, who: tuple[str, ...]
) -> None:
    (requirement,) = evidence_run(run, "complete", "tom")

    assert not requirement.met
    assert (requirement.next, requirement.who) == (next_step, who)
    assert requirement.code == "EVIDENCE_NOT_RUN"


def test_a_run_that_failed_for_the_last_time_is_not_asked_for_again() -> None:
    (requirement,) = evidence_run(EvidenceRun("failed", is_spent=True), "complete", "tom")

    assert requirement.text.endswith("It was run 5 times, and is not run again.")
    assert "/evidence run" not in str(requirement.next)


def test_a_run_that_passed_is_enough() -> None:
    (requirement,) = evidence_run(EvidenceRun("passed"), "complete", "tom")

    assert requirement.met


def test_nothing_is_said_where_the_policy_takes_claims() -> None:
    assert evidence_run(None, "complete", "tom") == ()


def test_nothing_is_said_of_a_notebook_that_is_not_complete() -> None:
    assert evidence_run(NOT_RUN, "incomplete", "tom") == ()

"""Which production writes have an approval of exactly that content, and what is said of others."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from bot.core.config.circuit import CircuitId
from bot.core.gates.approval import ReleaseContent
from bot.core.gates.gate import Gate, Stage
from bot.core.gates.requirements import Requirement
from bot.core.production.authority import (
    Authorised,
    Environments,
    Explanation,
    Unapproved,
    decide,
    decide_all,
)

CONTENT = ReleaseContent("custom-tf-env", "1.5.1", "a" * 64, "b" * 64)
OTHER = replace(CONTENT, env_digest="f" * 64)
ENVIRONMENTS = Environments("1.5.1", "a" * 64, {"1.5.0": None, "1.5.1": "a" * 64})


def gate(stage: Stage = "production", *, met: bool = True) -> Gate:
    needed = Requirement("approval", met, "ml-engineers: 0 of 1 approvals.")
    return Gate(stage, (needed,), (), (), datetime(2026, 3, 1, tzinfo=UTC), None)


EXPLAINED = Explanation(7, "c" * 40, merged=True, gate=gate(), approved=CONTENT, content=CONTENT)


def test_a_valid_gate_of_the_merge_authorises() -> None:
    assert decide(EXPLAINED, "1.5.1", ENVIRONMENTS) == Authorised(7)


@pytest.mark.parametrize(
    ("explanation", "reason"),
    [
        pytest.param(None, "No commit", id="nothing explains it"),
        pytest.param(replace(EXPLAINED, pull=None), "without a merged", id="direct push"),
        pytest.param(replace(EXPLAINED, merged=False), "without a merged", id="not merged"),
        pytest.param(replace(EXPLAINED, gate=None), "no gate", id="no gate"),
        pytest.param(replace(EXPLAINED, gate=gate("registry")), "no gate", id="another gate"),
        pytest.param(
            replace(EXPLAINED, gate=gate(met=False)), "0 of 1 approvals", id="merged past the gate"
        ),
        pytest.param(replace(EXPLAINED, content=OTHER), "other content", id="other content"),
        pytest.param(replace(EXPLAINED, content=None), "computed", id="content unknown"),
        pytest.param(replace(EXPLAINED, approved=None), "computed", id="head unknown"),
        pytest.param(
            replace(EXPLAINED, approved=None, content=None), "computed", id="both unknown"
        ),
    ],
)
def test_anything_else_is_unapproved(explanation: Explanation | None, reason: str) -> None:
    decision = decide(explanation, "1.5.1", ENVIRONMENTS)

    assert isinstance(decision, Unapproved)
    assert reason in decision.reason
    assert decision.remedy.endswith(".")


@pytest.mark.parametrize(
    ("version", "environments", "authorised"),
    [
        pytest.param("1.5.0", ENVIRONMENTS, True, id="an older version"),
        pytest.param("1.5.2", ENVIRONMENTS, False, id="never promoted"),
        pytest.param(
            "1.5.1", replace(ENVIRONMENTS, main_digest="f" * 64), False, id="main differs"
        ),
        pytest.param(
            "1.5.1",
            replace(ENVIRONMENTS, promoted={"1.5.1": None}),
            False,
            id="no recorded content",
        ),
    ],
)
def test_the_version_must_be_what_was_promoted(
    version: str, environments: Environments, *, authorised: bool
) -> None:
    assert isinstance(decide(EXPLAINED, version, environments), Authorised) == authorised


@pytest.mark.parametrize(
    ("digest", "authorised"),
    [
        pytest.param(None, True, id="older than the bot"),
        pytest.param("a" * 64, True, id="as main has it"),
        pytest.param("f" * 64, False, id="not as main has it"),
    ],
)
def test_a_rollback_may_return_to_a_version_without_recorded_content(
    digest: str | None, *, authorised: bool
) -> None:
    back = replace(EXPLAINED, gate=gate("rollback"))
    environments = Environments("1.5.0", "a" * 64, {"1.5.0": digest})

    assert isinstance(decide(back, "1.5.0", environments), Authorised) == authorised


def test_each_circuit_is_decided_on_its_own() -> None:
    good, bad, unknown = (CircuitId("P001", f"C00{i}") for i in range(3))

    decisions = decide_all(
        dict.fromkeys((good, bad, unknown), "1.5.1"),
        {good: EXPLAINED, bad: replace(EXPLAINED, gate=gate(met=False))},
        ENVIRONMENTS,
    )

    assert [isinstance(one, Authorised) for one in decisions.values()] == [True, False, False]

"""Which production writes have an approval of exactly that content, and what is said of others."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from bot.core.gates.approval import ReleaseContent
from bot.core.gates.gate import Gate, Stage
from bot.core.gates.requirements import Requirement
from bot.core.production.authority import (
    Authorised,
    Environments,
    Explanation,
    Origin,
    Unapproved,
    decide,
)
from bot.core.production.parts import Part

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


PUSHED = replace(EXPLAINED, pull=None, merged=False, commit="d" * 40)


@pytest.mark.parametrize(
    ("origins", "authorised"),
    [
        pytest.param([Origin(Part.MODEL, EXPLAINED)], True, id="what it changed itself"),
        pytest.param([Origin(Part.VERSION, PUSHED)], False, id="what was pushed before"),
        pytest.param(
            [Origin(Part.MODEL, EXPLAINED), Origin(Part.VERSION, PUSHED)], False, id="one of two"
        ),
        pytest.param(
            [Origin(Part.VERSION, EXPLAINED, "It returns.")], False, id="a return that may not be"
        ),
        pytest.param(
            [Origin(Part.VERSION, replace(EXPLAINED, pull=6)), Origin(Part.MODEL, EXPLAINED)],
            True,
            id="two approved ones",
        ),
    ],
)
def test_each_part_must_have_been_approved_where_it_comes_from(
    origins: list[Origin], *, authorised: bool
) -> None:
    decision = decide(EXPLAINED, "1.5.1", ENVIRONMENTS, origins)

    assert (decision == Authorised(7)) == authorised


def test_a_part_that_nobody_approved_is_named_with_its_commit() -> None:
    decision = decide(EXPLAINED, "1.5.1", ENVIRONMENTS, [Origin(Part.VERSION, PUSHED)])

    assert isinstance(decision, Unapproved)
    assert decision.reason == (
        "The environment version comes from commit dddddddddddd, which is not approved. "
        "Commit dddddddddddd reached main without a merged pull request."
    )


def test_approved_parts_do_not_stand_for_the_newest_change() -> None:
    assert isinstance(
        decide(PUSHED, "1.5.1", ENVIRONMENTS, [Origin(Part.VERSION, EXPLAINED)]), Unapproved
    )


def test_the_version_is_judged_by_the_merge_that_it_comes_from() -> None:
    back = replace(EXPLAINED, gate=gate("rollback"))
    older = Environments("1.5.1", "a" * 64, {"1.5.1": None})
    released = Origin(Part.VERSION, replace(EXPLAINED, pull=6))

    assert isinstance(decide(back, "1.5.1", older, [released]), Unapproved)
    assert isinstance(decide(EXPLAINED, "1.5.1", older, [Origin(Part.VERSION, back)]), Authorised)


def test_only_an_explanation_whose_gate_held_authorises() -> None:
    explanations = (EXPLAINED, replace(EXPLAINED, gate=gate(met=False)), None)

    decisions = [decide(one, "1.5.1", ENVIRONMENTS) for one in explanations]

    assert [isinstance(one, Authorised) for one in decisions] == [True, False, False]

"""What each gate asks, what it says while it is closed, and how it refuses."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import get_args

import pytest

from bot.core.config.policy import GatePolicy
from bot.core.gates.approval import Conversation, ReleaseContent, Review, ReviewState
from bot.core.gates.facts import (
    EvidenceDecision,
    Giver,
    ProductionFacts,
    Pull,
    RegistryFacts,
    RollbackFacts,
    Tests,
    TestsState,
)
from bot.core.gates.gate import production_gate, registry_gate, rollback_gate
from bot.core.gates.refusal import refusal_for

START = datetime(2026, 3, 1, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
NOW = START + 3 * HOUR
CONTENT = ReleaseContent("custom-tf-env", "1.5.1", "a" * 64, "b" * 64)
GROUPS = {"ml-engineers": ("ann", "ben"), "engineering-managers": ("mia", "ben")}
REGISTRY = GatePolicy(("ml-engineers",), "24h")
PRODUCTION = GatePolicy(("ml-engineers", "engineering-managers"), "24h")
ROLLBACK = GatePolicy(("ml-engineers",), "60m")
READY = Pull(draft=False, from_fork=False, agrees=True)
PASSED = Tests("passed", START, 200, 200)


def approved(login: str, at: datetime = START + HOUR, state: ReviewState = "APPROVED") -> Review:
    return Review(login, state, "head", at)


BOTH = (approved("ann"), approved("mia"))


def talk(*reviews: Review) -> Conversation:
    return Conversation(
        author="tom",
        pushers=("tom", "pia"),
        bots=("envbot",),
        reviews=reviews,
        permissions=dict.fromkeys(("ann", "ben", "mia", "tom", "pia", "eve"), "write"),
        contents={"head": CONTENT},
        head=CONTENT,
    )


def registry(*reviews: Review, giver: str | None = None) -> RegistryFacts:
    return RegistryFacts(
        conversation=talk(*reviews),
        pull=READY,
        candidate="1.5.1-rc.gaaaaaaaa",
        evidence="complete",
        opened_at=START,
        giver=Giver(giver, NOW) if giver else None,
    )


def production(*reviews: Review) -> ProductionFacts:
    return ProductionFacts(
        conversation=talk(*reviews),
        pull=READY,
        releases_environment=True,
        evidence="complete",
        in_registry=True,
        tests=PASSED,
        production_writes=200,
        promoters=("ann", "ben"),
    )


def rollback(*reviews: Review) -> RollbackFacts:
    return RollbackFacts(talk(*reviews), READY, "c" * 40, START)


# --- registry ---


@pytest.mark.parametrize("login", ["ann", "ANN", "ben"])
def test_an_engineers_command_opens_the_registry(login: str) -> None:
    assert registry_gate(registry(giver=login), REGISTRY, GROUPS, NOW).holds


@pytest.mark.parametrize(
    ("login", "code"),
    [
        pytest.param("eve", "PERM_DENIED", id="outsider"),
        pytest.param("mia", "PERM_DENIED", id="manager only"),
        pytest.param("envbot", "PERM_DENIED", id="bot"),
        pytest.param("ghost", "PERM_DENIED", id="unknown"),
    ],
)
def test_others_commands_do_not(login: str, code: str) -> None:
    gate = registry_gate(registry(giver=login), REGISTRY, GROUPS, NOW)

    assert refusal_for(gate).code == code


@pytest.mark.parametrize("login", ["tom", "pia"])
def test_nobody_promotes_their_own_change_alone(login: str) -> None:
    groups = GROUPS | {"ml-engineers": ("ann", "tom", "pia")}

    gate = registry_gate(registry(giver=login), REGISTRY, groups, NOW)

    assert refusal_for(gate).code == "SELF_APPROVAL"


def test_the_author_may_give_the_command_once_somebody_else_approved() -> None:
    groups = GROUPS | {"ml-engineers": ("ann", "tom")}

    gate = registry_gate(registry(approved("ann"), giver="tom"), REGISTRY, groups, NOW)

    assert gate.holds


def test_an_outsider_may_not_give_the_command_even_when_approved() -> None:
    gate = registry_gate(registry(approved("ann"), giver="eve"), REGISTRY, GROUPS, NOW)

    assert refusal_for(gate).code == "PERM_DENIED"


def test_a_command_and_a_review_of_one_person_are_one_approval() -> None:
    two = GatePolicy(("ml-engineers",), "24h", quorum=2)

    gate = registry_gate(registry(approved("ann"), giver="Ann"), two, GROUPS, NOW)

    assert not gate.holds


def test_a_command_after_ones_own_request_for_changes_is_the_later_word() -> None:
    facts = registry(approved("ann", state="CHANGES_REQUESTED"), giver="ann")

    assert registry_gate(facts, REGISTRY, GROUPS, NOW).holds


@pytest.mark.parametrize(
    ("change", "code"),
    [
        pytest.param({"pull": replace(READY, from_fork=True)}, "FORK_PR", id="fork"),
        pytest.param({"pull": replace(READY, draft=True)}, "DRAFT", id="draft"),
        pytest.param({"pull": replace(READY, agrees=False)}, "CLASS_MISMATCH", id="mismatch"),
        pytest.param({"candidate": None}, "ENV_NOT_FOUND", id="no candidate"),
        pytest.param({"evidence": "missing"}, "EVIDENCE_MISSING", id="no evidence"),
        pytest.param({"evidence": "incomplete"}, "EVIDENCE_INVALID", id="incomplete evidence"),
        pytest.param({"evidence": "errors"}, "EVIDENCE_INVALID", id="evidence with errors"),
        pytest.param({"opened_at": START - 22 * HOUR}, "GATE_EXPIRED", id="too late"),
        pytest.param({"giver": None}, "GATE_PENDING", id="nobody yet"),
    ],
)
def test_the_registry_stays_closed(change: dict[str, object], code: str) -> None:
    facts = replace(registry(giver="ann"), **change)  # type: ignore[arg-type]  # one field a case

    gate = registry_gate(facts, REGISTRY, GROUPS, NOW)

    assert not gate.holds
    assert refusal_for(gate).code == code


def test_the_registry_gate_is_passed_once_the_candidate_is_there() -> None:
    facts = replace(registry(), shared_as="1.5.1-rc.gaaaaaaaa", opened_at=START - 99 * HOUR)

    gate = registry_gate(facts, REGISTRY, GROUPS, NOW)

    assert gate.holds
    assert not gate.expired


# --- production ---


def test_production_opens_for_both_groups() -> None:
    gate = production_gate(production(*BOTH), PRODUCTION, GROUPS, NOW)

    assert gate.holds
    assert gate.until == START + 24 * HOUR


def test_one_person_of_both_groups_does_not_open_production_alone() -> None:
    gate = production_gate(production(approved("ben")), PRODUCTION, GROUPS, NOW)

    assert [one.id for one in gate.missing] == ["approval:engineering-managers"]
    assert gate.missing[0].who == ("mia",)


def test_one_person_of_both_groups_takes_the_seat_that_nobody_else_can() -> None:
    gate = production_gate(production(approved("ben"), approved("ann")), PRODUCTION, GROUPS, NOW)

    assert gate.holds


def test_says_who_approved_too_early() -> None:
    facts = production(approved("ann"), approved("mia", START - HOUR))

    gate = production_gate(facts, PRODUCTION, GROUPS, NOW)

    assert [one.text for one in gate.discounted] == ["mia approved before the tests ended"]
    assert "Not counted: mia approved before the tests ended." in refusal_for(gate).facts


@pytest.mark.parametrize(
    ("now", "holds"),
    [
        pytest.param(START + 24 * HOUR, True, id="last moment"),
        pytest.param(START + 24 * HOUR + timedelta(seconds=1), False, id="a second later"),
    ],
)
def test_production_closes_a_day_after_the_verdict(now: datetime, *, holds: bool) -> None:
    gate = production_gate(production(*BOTH), PRODUCTION, GROUPS, now)

    assert gate.holds == holds
    assert gate.expired != holds


def test_expiry_ends_at_the_merge() -> None:
    merged_at = START + 20 * HOUR
    later_review = approved("ann", merged_at + HOUR, "DISMISSED")

    as_of_the_merge = production_gate(
        production(*BOTH, later_review), PRODUCTION, GROUPS, merged_at
    )

    assert as_of_the_merge.holds


def test_an_approval_after_the_merge_does_not_heal_it() -> None:
    merged_at = START + HOUR
    facts = production(approved("ann"), approved("mia", merged_at + HOUR))

    assert not production_gate(facts, PRODUCTION, GROUPS, merged_at).holds


SOME_FAILED = Tests("failed", START, 199, 200)


# The seed's "Approval Decision Matrix"; where it rejects the notebook alone, no test may help it.
@pytest.mark.parametrize(
    ("evidence", "tests", "decision"),
    [
        pytest.param("complete", PASSED, "approve", id="complete, all pass"),
        pytest.param("complete", SOME_FAILED, "TESTS_FAILED", id="complete, some fail"),
        pytest.param("incomplete", PASSED, "EVIDENCE_INVALID", id="incomplete, all pass"),
        pytest.param("incomplete", SOME_FAILED, "EVIDENCE_INVALID", id="incomplete, some fail"),
        pytest.param("missing", PASSED, "EVIDENCE_MISSING", id="none, all pass"),
        pytest.param("missing", SOME_FAILED, "EVIDENCE_MISSING", id="none, some fail"),
        pytest.param("errors", PASSED, "EVIDENCE_INVALID", id="errors, all pass"),
        pytest.param("errors", SOME_FAILED, "EVIDENCE_INVALID", id="errors, some fail"),
    ],
)
def test_the_seeds_decision_matrix(evidence: EvidenceDecision, tests: Tests, decision: str) -> None:
    facts = replace(production(*BOTH), evidence=evidence, tests=tests)

    gate = production_gate(facts, PRODUCTION, GROUPS, NOW)

    assert ("approve" if gate.holds else refusal_for(gate).code) == decision


@pytest.mark.parametrize("evidence", get_args(EvidenceDecision))
def test_only_complete_evidence_passes_the_registry(evidence: EvidenceDecision) -> None:
    gate = registry_gate(replace(registry(giver="ann"), evidence=evidence), REGISTRY, GROUPS, NOW)

    assert gate.holds == (evidence == "complete")


@pytest.mark.parametrize(
    ("tests", "text", "code"),
    [
        pytest.param(Tests("none"), "have not been tested", "GATE_PENDING", id="none"),
        pytest.param(Tests("running", None, 120, 200), "120 of 200", "GATE_PENDING", id="running"),
        pytest.param(Tests("failed", START, 199, 200), "199 of 200", "TESTS_FAILED", id="failed"),
        pytest.param(
            Tests("passed", START, 199, 200), "199 of 200", "TESTS_FAILED", id="one short"
        ),
        pytest.param(Tests("passed", START, 0, 0), "0 of 0", "TESTS_FAILED", id="no models"),
        pytest.param(Tests("not_applicable", START), "untested", "GATE_PENDING", id="writes"),
    ],
)
def test_production_waits_for_every_model(tests: Tests, text: str, code: str) -> None:
    gate = production_gate(replace(production(*BOTH), tests=tests), PRODUCTION, GROUPS, NOW)

    requirement = next(one for one in gate.missing if one.id == "tests")
    assert text in requirement.text
    assert requirement.code == code


def test_a_major_without_production_writes_needs_no_model_test() -> None:
    tests = Tests("not_applicable", START)

    gate = production_gate(
        replace(production(*BOTH), tests=tests, production_writes=0), PRODUCTION, GROUPS, NOW
    )

    assert gate.holds


@pytest.mark.parametrize(
    ("change", "code"),
    [
        pytest.param({"pull": replace(READY, from_fork=True)}, "FORK_PR", id="fork"),
        pytest.param({"pull": replace(READY, draft=True)}, "DRAFT", id="draft"),
        pytest.param({"pull": replace(READY, agrees=False)}, "CLASS_MISMATCH", id="mismatch"),
        pytest.param({"pull": replace(READY, overlaps=(7,))}, "OVERLAPPING_PR", id="overlap"),
        pytest.param({"in_registry": False}, "GATE_PENDING", id="not promoted"),
    ],
)
def test_production_stays_closed(change: dict[str, object], code: str) -> None:
    facts = replace(production(*BOTH), **change)  # type: ignore[arg-type]  # one field a case

    gate = production_gate(facts, PRODUCTION, GROUPS, NOW)

    assert refusal_for(gate).code == code


def config_only(*reviews: Review) -> ProductionFacts:
    return replace(
        production(*reviews),
        releases_environment=False,
        evidence="missing",
        in_registry=False,
        tests=Tests("none"),
        production_writes=1,
    )


def test_a_change_of_configs_alone_needs_the_same_people_but_no_evidence() -> None:
    assert production_gate(config_only(*BOTH), PRODUCTION, GROUPS, NOW).holds
    assert not production_gate(config_only(approved("ann")), PRODUCTION, GROUPS, NOW).holds


def test_without_a_verdict_each_approval_grows_old_on_its_own() -> None:
    facts = config_only(approved("ann", NOW - 23 * HOUR), approved("mia", NOW - 25 * HOUR))

    gate = production_gate(facts, PRODUCTION, GROUPS, NOW)

    assert [one.text for one in gate.discounted] == ["mia approved too long ago"]


def test_tests_that_failed_close_the_gate_even_where_none_were_needed() -> None:
    state: TestsState
    for state in ("running", "failed"):
        facts = replace(config_only(*BOTH), tests=Tests(state))
        assert not production_gate(facts, PRODUCTION, GROUPS, NOW).holds


# --- rollback ---


@pytest.mark.parametrize(
    ("reviews", "minutes", "holds"),
    [
        pytest.param((approved("ann", START + HOUR / 2),), 40, True, id="an engineer in time"),
        pytest.param((approved("ann", START + HOUR / 2),), 61, False, id="merged too late"),
        pytest.param((approved("ann", START - HOUR),), 40, False, id="before it was opened"),
        pytest.param((approved("mia", START + HOUR / 2),), 40, False, id="a manager"),
        pytest.param((approved("tom", START + HOUR / 2),), 40, False, id="the author"),
        pytest.param((), 40, False, id="nobody"),
    ],
)
def test_a_rollback_needs_one_other_engineer_soon(
    reviews: tuple[Review, ...], minutes: int, *, holds: bool
) -> None:
    now = START + timedelta(minutes=minutes)

    assert rollback_gate(rollback(*reviews), ROLLBACK, GROUPS, now).holds == holds


def test_an_expired_rollback_says_how_to_begin_again() -> None:
    gate = rollback_gate(rollback(), ROLLBACK, GROUPS, START + 2 * HOUR)

    refusal = refusal_for(gate)
    assert refusal.code == "GATE_EXPIRED"
    assert "new pull request" in refusal.next


# --- every gate ---


def test_an_unknown_group_keeps_the_gate_closed() -> None:
    gate = production_gate(production(*BOTH), PRODUCTION, {"ml-engineers": ("ann",)}, NOW)

    assert [one.id for one in gate.missing] == ["approval:engineering-managers"]
    assert "too few people" in gate.missing[0].text


@pytest.mark.parametrize(
    "rule",
    [
        pytest.param(GatePolicy((), "24h"), id="no group"),
        pytest.param(GatePolicy(("ml-engineers",), "24h", quorum=0), id="no quorum"),
    ],
)
def test_a_policy_that_asks_nobody_keeps_the_gate_closed(rule: GatePolicy) -> None:
    assert not production_gate(production(*BOTH), rule, GROUPS, NOW).holds
    assert not rollback_gate(rollback(*BOTH), rule, GROUPS, NOW).holds


def test_every_unmet_requirement_says_who_and_what_next() -> None:
    facts = replace(
        production(),
        pull=Pull(draft=True, from_fork=True, agrees=False, overlaps=(1, 2)),
        evidence="missing",
        in_registry=False,
        tests=Tests("failed", START - 48 * HOUR, 1, 2),
    )

    gate = production_gate(facts, PRODUCTION, GROUPS, NOW)

    assert len(gate.missing) == len(gate.requirements)
    assert all(one.who and one.next and one.text.endswith(".") for one in gate.missing)


def test_names_only_people_who_could_still_approve() -> None:
    groups = {"ml-engineers": ("ann", "ben", "tom", "pia", "envbot")}

    gate = rollback_gate(rollback(), ROLLBACK, groups, NOW)

    assert gate.missing[-1].who == ("ann", "ben")


def test_a_team_that_nobody_can_read_keeps_the_gate_closed_whoever_approves() -> None:
    groups = GROUPS | {"engineering-managers": ("mia", "@plant/managers")}

    gate = production_gate(production(*BOTH), PRODUCTION, groups, NOW)

    assert [one.code for one in gate.missing] == ["TEAM_UNREADABLE"]
    assert "@plant/managers could not be read" in gate.missing[0].text
    assert refusal_for(gate).resolver == "whoever administers this repository"


def test_a_team_is_nobody_who_could_still_approve() -> None:
    groups = {"ml-engineers": ("ann", "plant/engineers")}

    gate = rollback_gate(rollback(), ROLLBACK, groups, NOW)

    assert gate.missing[-1].who == ("ann",)


def test_there_is_no_refusal_for_a_gate_that_holds() -> None:
    gate = registry_gate(registry(giver="ann"), REGISTRY, GROUPS, NOW)

    with pytest.raises(ValueError, match="holds"):
        refusal_for(gate)

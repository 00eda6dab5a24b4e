"""The status of a head, whether it may be released, and whether it wants a candidate."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TypeAlias

import msgspec
import pytest

from bot.core.config.policy import EvidenceLevel, Policy, read_policy
from bot.core.evidence.evidence_run import NOT_RUN, EvidenceRun
from bot.core.gates import approval
from bot.core.gates.approval import Conversation
from bot.core.gates.facts import Tests
from bot.core.gates.rollback import Rollback
from bot.core.pull_request import PullRequest, StatusState
from bot.core.review import Review
from bot.core.standing import Progress, Situation, Standing, stand
from tests.sample_pull import PULL

Reviewed: TypeAlias = Callable[..., Review]
Files: TypeAlias = Mapping[str, str | bytes]
Stand: TypeAlias = Callable[..., Standing]

OPENED = datetime(2026, 3, 1, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
TESTED = OPENED + HOUR
NOW = OPENED + 3 * HOUR
GIVEN = NOW - timedelta(minutes=10)
C001 = "config/plants/P001/C001.yml"
SCORE = "environment/src/score.py"
ROLLBACK = Rollback(restores="r" * 40, circuits=(), moved_on=())
PASSED = Tests("passed", TESTED, 3, 3)
REGISTERED = Progress("1.5.1-rc.g00000000")
RAN = EvidenceRun("passed", "evidence-1 ran the notebook")
TESTED_ALL = replace(REGISTERED, shared=True, tests=PASSED, run=RAN)
EVERYTHING = replace(TESTED_ALL, final=True)


@pytest.fixture
def policy(sample: dict[str, bytes]) -> Policy:
    return read_policy(sample["config/policy.yml"])


@pytest.fixture
def standing(policy: Policy) -> Stand:
    """Return what tells where a review stands, given who approved and how far it has come."""

    def run(
        review: Review,
        progress: Progress = EVERYTHING,
        *,
        approvers: tuple[str, ...] = ("lise", "grace"),
        pull: PullRequest = PULL,
        rollback: Rollback | None = None,
        rules: Policy = policy,
    ) -> Standing:
        given = [approval.Review(who, "APPROVED", PULL.head, GIVEN) for who in approvers]
        conversation = Conversation(
            author=pull.author,
            pushers=(pull.author,),
            bots=(),
            reviews=tuple(given),
            permissions=dict.fromkeys(("tom", "marie", "lise", "grace", "eve"), "write"),
            contents={PULL.head: review.content},
            head=review.content,
        )
        situation = Situation(conversation, progress, evidence_at=OPENED)
        return stand(pull, review, rollback, situation, rules, NOW)

    return run


@pytest.fixture
def release(reviewed: Reviewed, release_files: Files, checkout: Path) -> Review:
    """Return the review of a patch release with the sample evidence, as if run on 1.5.1."""
    notebook = (checkout / "evidence" / "1.5.0.ipynb").read_bytes()
    evidence = {"evidence/1.5.1.ipynb": notebook.replace(b"1.5.0", b"1.5.1")}
    return reviewed({**release_files, **evidence})


def test_nothing_to_release_is_success_at_once(standing: Stand, reviewed: Reviewed) -> None:
    found = standing(reviewed({"README.md": "more\n"}), Progress(), approvers=())

    assert found.status == (StatusState.SUCCESS, "Nothing to release")
    assert found.gate is None
    assert not found.may_release


def test_everything_there_may_be_merged(standing: Stand, release: Review) -> None:
    found = standing(release)

    assert found.may_release
    assert found.status == (
        StatusState.SUCCESS,
        "Approved: custom-tf-env:1.5.1 may be merged",
    )


def test_the_final_version_must_read_back_before_it_is_green(
    standing: Stand, release: Review
) -> None:
    found = standing(release, TESTED_ALL)

    assert found.may_release
    assert found.status[0] is StatusState.PENDING


@pytest.mark.parametrize(
    ("progress", "approvers"),
    [
        pytest.param(Progress(), ("lise", "grace"), id="no candidate"),
        pytest.param(REGISTERED, ("lise", "grace"), id="not shared"),
        pytest.param(
            replace(EVERYTHING, tests=Tests("running")), ("lise", "grace"), id="tests running"
        ),
        pytest.param(
            replace(EVERYTHING, tests=Tests("failed", TESTED, 2, 3)),
            ("lise", "grace"),
            id="one model failed",
        ),
        pytest.param(EVERYTHING, (), id="nobody approved"),
        pytest.param(replace(EVERYTHING, run=NOT_RUN), ("lise", "grace"), id="not run"),
        pytest.param(
            replace(EVERYTHING, run=EvidenceRun("failed", "evidence-1: Cell 2 was not run.")),
            ("lise", "grace"),
            id="the run proved nothing",
        ),
        pytest.param(EVERYTHING, ("lise",), id="no manager"),
        pytest.param(EVERYTHING, ("grace",), id="no engineer"),
        pytest.param(EVERYTHING, ("grace", "eve"), id="an outsider for the engineer"),
        pytest.param(EVERYTHING, ("grace", "tom"), id="the author for the engineer"),
    ],
)
def test_one_thing_missing_is_pending(
    standing: Stand, release: Review, progress: Progress, approvers: tuple[str, ...]
) -> None:
    found = standing(release, progress, approvers=approvers)

    state, description = found.status
    assert state is StatusState.PENDING
    assert description
    assert "`" not in description
    assert not found.may_release


def test_without_evidence_it_is_pending(
    standing: Stand, reviewed: Reviewed, release_files: Files
) -> None:
    found = standing(reviewed(release_files))

    assert found.status[0] is StatusState.PENDING
    assert not found.may_release


def test_an_obstacle_is_failure_whatever_was_approved(
    standing: Stand, reviewed: Reviewed, release_files: Files
) -> None:
    found = standing(reviewed({SCORE: release_files[SCORE]}))

    state, description = found.status
    assert state is StatusState.FAILURE
    assert description.startswith("Blocked: ")
    assert "`" not in description
    assert not found.may_release


def test_bad_files_never_read_as_nothing_to_release(standing: Stand, reviewed: Reviewed) -> None:
    assert standing(reviewed({C001: "- no circuit\n"})).status[0] is StatusState.FAILURE


def test_a_change_of_configs_alone_needs_no_registry(
    standing: Stand, reviewed: Reviewed, sample: dict[str, bytes]
) -> None:
    review = reviewed({C001: sample[C001].replace(b"1.5.0", b"1.4.0")})

    found = standing(review, Progress(final=True, tests=Tests("not_applicable", TESTED)))

    assert list(found.gates) == ["production"]
    assert found.may_release
    assert found.status == (StatusState.SUCCESS, "Approved: this change may be merged")


def test_a_rollback_has_one_gate_of_its_own(standing: Stand, release: Review) -> None:
    pull = replace(PULL, created_at=NOW - HOUR / 2)

    found = standing(release, Progress(final=True), rollback=ROLLBACK, pull=pull)

    assert list(found.gates) == ["rollback"]
    assert found.gate is found.gates["rollback"]
    assert found.status == (StatusState.SUCCESS, "Approved: this rollback may be merged")


@pytest.mark.parametrize(
    ("approvers", "age", "holds"),
    [
        pytest.param(("lise",), 65, False, id="an hour has passed"),
        pytest.param(("lise",), 60, True, id="to the minute"),
        pytest.param(("tom",), 60, False, id="the author"),
        pytest.param(("grace",), 60, False, id="a manager"),
    ],
)
def test_a_rollback_needs_one_engineer_within_the_hour(
    standing: Stand, release: Review, approvers: tuple[str, ...], age: int, holds: bool
) -> None:
    pull = replace(PULL, created_at=NOW - timedelta(minutes=age))

    found = standing(release, EVERYTHING, approvers=approvers, rollback=ROLLBACK, pull=pull)

    assert found.may_release is holds


def test_a_rollback_is_not_held_up_by_its_declaration(
    standing: Stand, reviewed: Reviewed, release_files: Files
) -> None:
    review = reviewed({SCORE: release_files[SCORE]})

    assert standing(review, rollback=ROLLBACK).obstacles == ()
    assert standing(review).obstacles


def test_a_ready_head_wants_a_candidate(standing: Stand, release: Review) -> None:
    assert standing(release, Progress(), approvers=()).wants_candidate


@pytest.mark.parametrize(
    "pull",
    [
        pytest.param(replace(PULL, draft=True), id="draft"),
        pytest.param(replace(PULL, from_fork=True), id="fork"),
        pytest.param(replace(PULL, open=False), id="closed"),
    ],
)
def test_a_pull_request_that_is_not_ready_wants_none(
    standing: Stand, release: Review, pull: PullRequest
) -> None:
    assert not standing(release, Progress(), pull=pull).wants_candidate


def test_a_head_that_has_a_candidate_wants_no_other(standing: Stand, release: Review) -> None:
    assert not standing(release, REGISTERED).wants_candidate


def test_a_rollback_wants_no_candidate(standing: Stand, release: Review) -> None:
    assert not standing(release, Progress(), rollback=ROLLBACK).wants_candidate


def test_a_blocked_head_wants_no_candidate(
    standing: Stand, reviewed: Reviewed, release_files: Files
) -> None:
    assert not standing(reviewed({SCORE: release_files[SCORE]}), Progress()).wants_candidate


def test_a_change_of_configs_alone_wants_no_candidate(
    standing: Stand, reviewed: Reviewed, sample: dict[str, bytes]
) -> None:
    review = reviewed({C001: sample[C001].replace(b"1.5.0", b"1.4.0")})

    assert not standing(review, Progress()).wants_candidate


@pytest.mark.parametrize(
    ("progress", "wants"),
    [
        pytest.param(REGISTERED, True, id="not run"),
        pytest.param(replace(REGISTERED, run=EvidenceRun("running")), True, id="running"),
        pytest.param(replace(REGISTERED, run=EvidenceRun("failed")), False, id="failed"),
        pytest.param(replace(REGISTERED, run=RAN), False, id="passed"),
        pytest.param(Progress(), False, id="no candidate"),
    ],
)
def test_a_run_is_begun_once(
    standing: Stand, release: Review, progress: Progress, *, wants: bool
) -> None:
    assert standing(release, progress, approvers=()).wants_run is wants


def test_a_policy_that_takes_claims_asks_for_no_run(
    policy: Policy, standing: Stand, release: Review
) -> None:
    claimed = msgspec.structs.replace(policy, evidence_level=EvidenceLevel(production="claimed"))

    found = standing(release, replace(EVERYTHING, run=NOT_RUN), rules=claimed)

    assert found.may_release
    assert not found.wants_run

"""How often a notebook is run on one candidate, and what is said when that was the last time."""

from types import SimpleNamespace
from typing import Any, cast

import pytest

from bot.core.evidence.evidence_run import (
    ATTEMPTS,
    EvidenceRecord,
    EvidenceRequest,
    EvidenceRun,
)
from bot.core.standing import Standing
from bot.errors import UserError
from bot.handlers.context import Context
from bot.handlers.evidence_progress import newest_run
from bot.handlers.evidence_run import require_runnable
from bot.handlers.ports import Cloud

FIRST = EvidenceRequest(
    environment="tf",
    version="1.5.1-rc.gaaaaaaaa",
    compute="cluster",
    env_digest="a" * 64,
    pr=7,
    sha="c" * 40,
    notebook=b"{}",
    predictions=(),
)


class Azure:
    """A workspace in which the first jobs of the notebook have failed, and no others are known."""

    def __init__(self, failed: int) -> None:
        attempts = [FIRST._replace(attempt=number) for number in range(1, failed + 1)]
        self.names = {one.job_name for one in attempts}

    def evidence_record(self, name: str) -> EvidenceRecord | None:
        return EvidenceRecord(name, "failed") if name in self.names else None


@pytest.mark.parametrize(
    ("failed", "is_spent"),
    [
        pytest.param(1, False, id="once"),
        pytest.param(ATTEMPTS - 1, False, id="all but once"),
        pytest.param(ATTEMPTS, True, id="as often as it may"),
    ],
)
def test_the_last_attempt_is_known_as_such(failed: int, *, is_spent: bool) -> None:
    request, run = newest_run(cast("Cloud", Azure(failed)), FIRST)

    assert (request.attempt, run.state, run.is_spent) == (failed, "failed", is_spent)


def test_nothing_that_was_not_run_is_spent() -> None:
    assert not newest_run(cast("Cloud", Azure(0)), FIRST)[1].is_spent


def standing_with(run: EvidenceRun) -> Standing:
    """Return as much of a standing as the command looks at, everything else in order."""
    review = {"environment_changes": True, "evidence": SimpleNamespace(decision="complete")}
    found: dict[str, Any] = {
        "review": SimpleNamespace(**review),
        "pull": SimpleNamespace(author="ada", from_fork=False, draft=False),
        "rollback": None,
        "progress": SimpleNamespace(run=run),
    }
    return cast("Standing", SimpleNamespace(**found))


def test_whoever_asks_once_more_is_told_that_there_is_no_more(context: Context) -> None:
    run = EvidenceRun("failed", f"{FIRST.last_job_name}: cell 1 raised", is_spent=True)

    with pytest.raises(UserError) as raised:
        require_runnable(context, standing_with(run))

    refusal = raised.value.refusal
    assert refusal.code == "EVIDENCE_NOT_RUN"
    assert f"failed {ATTEMPTS} times on this candidate" in refusal.facts[0]
    assert FIRST.last_job_name in refusal.facts[1]


def test_a_failed_run_with_attempts_left_can_be_asked_for(context: Context) -> None:
    require_runnable(context, standing_with(EvidenceRun("failed")))

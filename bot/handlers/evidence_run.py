"""Has the evidence notebook run on its candidate in dev, waits for it, and says how that went."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from bot.core.commands.command import Command, parse
from bot.core.evidence.evidence_run import (
    ATTEMPTS,
    NOT_RUN,
    EvidenceRequest,
    EvidenceRun,
    RunState,
)
from bot.core.evidence.evidence_verdict import judge_run
from bot.core.pull_request import PullRequest, StatusState
from bot.core.refusal import Refusal
from bot.core.standing import Standing
from bot.core.untrusted import inline
from bot.errors import BotError, UserError
from bot.handlers.candidate_image import candidate_image
from bot.handlers.context import Context
from bot.handlers.evidence_progress import (
    EVIDENCE_RUN,
    evidence_path,
    first_request,
    newest_run,
)
from bot.handlers.ports import Cloud
from bot.handlers.standing import review_head

_WRITERS = ("write", "maintain", "admin")
_SHOWN: dict[RunState, StatusState] = {
    "none": StatusState.PENDING,
    "running": StatusState.PENDING,
    "passed": StatusState.SUCCESS,
    "failed": StatusState.FAILURE,
}


# --- the command ---


def require_runnable(context: Context, standing: Standing) -> None:
    """Require that there is something to run and somewhere to run it.

    Raises:
        UserError: the notebook is not complete (`EVIDENCE_MISSING`, `EVIDENCE_INVALID`), or cannot
            be run on a candidate of this pull request, or not again (`EVIDENCE_NOT_RUN`).
    """
    report, pull = standing.review.evidence, standing.pull
    flaws = (
        ("The merge brings no new environment.", not standing.review.environment_changes),
        ("A rollback needs no evidence.", standing.rollback is not None),
        ("Its branch lies in a fork.", pull.from_fork),
        ("It is a draft.", pull.draft),
        ("config/platform.yml names no `dev.compute`.", not context.rules.platform.dev.compute),
    )
    for fact, holds in flaws:
        if holds:
            raise UserError(_not_run(fact, pull.author))
    if standing.progress.run.is_spent:
        raise UserError(_spent(standing))
    if report.decision != "complete":
        code = "EVIDENCE_MISSING" if report.decision == "missing" else "EVIDENCE_INVALID"
        facts = (f"Only a complete notebook is run; this one is {report.decision}.",)
        headline = "there is no complete evidence notebook to run"
        raise UserError(Refusal(code, headline, facts, pull.author, "/evidence"))


def started_markdown(standing: Standing) -> str:
    """Return the reply to `/evidence run`: that it begins, or that it has passed before."""
    review, run = standing.review, standing.progress.run
    if run.state == "passed":
        return f"✅ {inline(run.text)}. It passed, so that it is not run again.\n"
    return (
        f"▶️ `{evidence_path(review)}` is run on `{review.content.environment}:{review.candidate}` "
        "in the dev workspace. The summary and the status `envbot/evidence-run` say how it ends.\n"
    )


def _not_run(fact: str, author: str) -> Refusal:
    return Refusal(
        code="EVIDENCE_NOT_RUN",
        headline="the evidence notebook cannot be run here",
        facts=(fact,),
        resolver=author,
        next="/status",
    )


def _spent(standing: Standing) -> Refusal:
    return Refusal(
        code="EVIDENCE_NOT_RUN",
        headline="the evidence notebook is not run again",
        facts=(
            f"It failed {ATTEMPTS} times on this candidate; no more attempts will be made at it.",
            f"The last one: {inline(standing.progress.run.text)}",
        ),
        resolver=standing.pull.author,
        next="Push a notebook or an environment that runs; either is new content",
    )


# --- the job ---


@dataclass(frozen=True, slots=True)
class _Waiting:
    pull: PullRequest
    request: EvidenceRequest
    run: EvidenceRun


def asks_for_run(context: Context, payload: Mapping[str, Any]) -> bool:
    """Tell whether the event is `/evidence run` of somebody who may write."""
    comment = payload.get("comment") or {}
    command = parse(comment.get("body") or "")
    if not isinstance(command, Command) or command.name != "evidence":
        return False
    author = (comment.get("user") or {}).get("login") or ""
    return "action" in command.arguments and context.hosting.permission(author) in _WRITERS


def run_notebooks(
    context: Context, cloud: Cloud, numbers: Iterable[int], *, until: datetime, again: bool
) -> None:
    """Run what the policy wants run, wait until `until`, and let the statuses say how it went.

    With `again` a notebook is run whatever the policy says, and once more where a run failed.

    Raises:
        BotError: Azure or GitHub failed for at least one of them; the others were seen to.
    """
    waiting, failed = [], []
    for number in numbers:
        try:
            waiting += _begin(context, cloud, context.hosting.pull(number), again=again)
        except BotError as error:
            failed.append(f"#{number}: {error.what}")
    while True:
        for one in waiting:
            _tell(context, one)
        waiting = [one for one in waiting if one.run.state == "running"]
        if not waiting or context.clock.now() >= until:
            break
        context.clock.sleep(context.patience.poll)
        waiting = [_looked_at(cloud, one) for one in waiting]
    if failed:
        raise BotError(" ".join(failed), undone="the runs of these notebooks")


def _begin(context: Context, cloud: Cloud, pull: PullRequest, *, again: bool) -> list[_Waiting]:
    """Return the pull request with its run, submitted unless it was before; nothing to run: []."""
    wanted = again or context.rules.policy.evidence_level.asks_for_a_run
    if not wanted or not pull.open or pull.draft or pull.from_fork:
        return []
    review = review_head(context, pull)
    first = first_request(context, pull, review)
    if first is None or not (review.agrees and review.environment_changes):
        return []
    registered, image, _ = candidate_image(context, cloud, review)
    if not registered or image != "built" or not _may_run(context, pull):
        return []
    request, run = newest_run(cloud, first)
    if again and run.state == "failed" and not request.is_last:
        request, run = request.next_attempt(), NOT_RUN
    if run.state == "none":
        name = cloud.submit_evidence(request)
        context.reporter.step(f"Submitted {name}, which runs {evidence_path(review)}")
        run = EvidenceRun("running", f"{name} runs the notebook")
    return [_looked_at(cloud, _Waiting(pull, request, run))]


def _may_run(context: Context, pull: PullRequest) -> bool:
    """Tell whether the author may write: the notebook is code that the branch brings."""
    return context.hosting.permission(pull.author) in _WRITERS


def _looked_at(cloud: Cloud, one: _Waiting) -> _Waiting:
    if one.run.state != "running":
        return one
    return replace(one, run=judge_run(one.request, cloud.evidence_record(one.request.job_name)))


def _tell(context: Context, one: _Waiting) -> None:
    state, head = _SHOWN[one.run.state], one.pull.head
    present = context.hosting.statuses(head).get(EVIDENCE_RUN)
    if present and (present.state, present.description) == (state, one.run.text):
        return
    context.reporter.step(one.run.text)
    context.hosting.set_status(head, EVIDENCE_RUN, state, one.run.text, url=one.run.url)

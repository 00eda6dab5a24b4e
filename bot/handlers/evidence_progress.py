"""How the run of the evidence notebook stands: from Azure where it counts, else from the status."""

from dataclasses import replace
from typing import Any

from bot.core.evidence.evidence_run import (
    NOT_RUN,
    EvidenceRequest,
    EvidenceRun,
    predictions_of,
)
from bot.core.evidence.evidence_verdict import judge_run
from bot.core.pull_request import PullRequest, StatusState
from bot.core.review import Review
from bot.core.standing import Progress
from bot.handlers.context import Context
from bot.handlers.ports import Cloud

EVIDENCE_RUN = "envbot/evidence-run"


def evidence_path(review: Review) -> str:
    """Return where the notebook of the head's version lies."""
    return f"evidence/{review.content.version}.ipynb"


def first_request(context: Context, pull: PullRequest, review: Review) -> EvidenceRequest | None:
    """Return the first attempt at the head's notebook; None where there is nothing to run it on."""
    compute, content = context.rules.platform.dev.compute, review.content
    file = review.sources.head.get(evidence_path(review))
    if not compute or file is None or review.evidence.decision != "complete":
        return None
    predictions = predictions_of(file.data)
    if predictions is None:
        return None
    return EvidenceRequest(
        environment=content.environment,
        version=review.candidate,
        compute=compute,
        env_digest=content.env_digest,
        pr=pull.number,
        sha=pull.head,
        notebook=file.data,
        predictions=predictions,
    )


def with_run(
    context: Context, cloud: Cloud | None, pull: PullRequest, review: Review, progress: Progress
) -> Progress:
    """Return the progress with the run as Azure has it, or without Azure as the status says."""
    if not (review.environment_changes and progress.candidate):
        return progress
    first = first_request(context, pull, review)
    if first is None:
        return progress
    if cloud is None or not context.rules.policy.evidence_level.asks_for_a_run:
        return replace(progress, run=_recorded(context, pull, first))
    return replace(progress, run=newest_run(cloud, first)[1])


def newest_run(cloud: Cloud, first: EvidenceRequest) -> tuple[EvidenceRequest, EvidenceRun]:
    """Return the last attempt that was made, and what it proves; the first if there is none."""
    request, run = first, judge_run(first, cloud.evidence_record(first.job_name))
    while run.state == "failed" and not request.is_last:
        later = request.next_attempt()
        found = judge_run(later, cloud.evidence_record(later.job_name))
        if found.state == "none":
            break
        request, run = later, found
    return request, run._replace(is_spent=run.state == "failed" and request.is_last)


def _recorded(context: Context, pull: PullRequest, first: EvidenceRequest) -> EvidenceRun:
    """Return what the head's status says, if it is of this notebook on this candidate."""
    status = context.hosting.statuses(pull.head).get(EVIDENCE_RUN)
    if status is None or status.author != context.hosting.login:
        return NOT_RUN
    if not status.description.startswith(first.job_name):
        return NOT_RUN
    states = {StatusState.SUCCESS: "passed", StatusState.PENDING: "running"}
    state: Any = states.get(status.state, "failed")
    spent = state == "failed" and status.description.startswith(first.last_job_name)
    return EvidenceRun(state, status.description, status.url, spent)

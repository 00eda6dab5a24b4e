"""Fetches all that decides where a pull request stands, and lets core decide."""

from dataclasses import replace
from datetime import datetime

from bot.core.gates.facts import Giver
from bot.core.gates.rollback import NotRollback, Rollback
from bot.core.pull_request import PullRequest, StatusState
from bot.core.review import Review, review
from bot.core.standing import Progress, Situation, Standing, stand
from bot.handlers.context import Context
from bot.handlers.conversation import read_conversation
from bot.handlers.evidence_progress import with_run
from bot.handlers.overlaps import overlaps_of
from bot.handlers.overrides import read_overrides
from bot.handlers.past_versions import with_past_versions
from bot.handlers.progress import cloud_progress, recorded_progress
from bot.handlers.rollback import recognise_rollback
from bot.handlers.sources import read_sources
from bot.handlers.withdrawn import refuse_again

EVIDENCE = "envbot/evidence"


def read_standing(
    context: Context,
    pull: PullRequest,
    *,
    giver: Giver | None = None,
    progress: Progress | None = None,
    now: datetime | None = None,
) -> Standing:
    """Return where `pull` stands, now or as of `now`, the moment of its merge.

    With an Azure identity its progress is what Azure says, without one what records say;
    `progress` given is what the caller has just read.
    """
    reviewed = review_head(context, pull)
    recognised = recognise_rollback(context, pull)
    rollback = recognised if isinstance(recognised, Rollback) else None
    main, policy = context.rules.main, context.rules.policy
    also = [giver.login] if giver else []
    situation = Situation(
        conversation=read_conversation(context, pull, reviewed.content, main=main, also=also),
        progress=progress or _progress(context, pull, reviewed, rolls_back=rollback is not None),
        evidence_at=_evidence_at(context, pull, reviewed),
        overlaps=() if rollback else overlaps_of(context, pull, reviewed),
        giver=giver,
        near_miss=recognised if isinstance(recognised, NotRollback) else None,
        again=None if rollback else refuse_again(context, pull, reviewed),
    )
    return stand(pull, reviewed, rollback, situation, policy, now or context.clock.now())


def with_final(standing: Standing) -> Standing:
    """Return the same standing once the final version has been read back."""
    return replace(standing, progress=replace(standing.progress, final=True))


def review_head(context: Context, pull: PullRequest) -> Review:
    """Return the review of the head that `pull` names, with the class that people gave it."""
    sources = read_sources(context.repository, context.rules.main, pull.head)
    sources = with_past_versions(context.repository, context.rules.main, sources)
    sources = replace(sources, teams=context.teams is not None)
    overrides = read_overrides(context, pull, sources)
    return review(sources, context.rules.platform, context.rules.policy, overrides)


def _progress(
    context: Context, pull: PullRequest, reviewed: Review, *, rolls_back: bool
) -> Progress:
    if context.cloud is None or rolls_back or not reviewed.environment_changes:
        return with_run(context, None, pull, reviewed, recorded_progress(context, pull, reviewed))
    progress = cloud_progress(context, context.cloud, reviewed)
    return with_run(context, context.cloud, pull, reviewed, progress)


def _evidence_at(context: Context, pull: PullRequest, reviewed: Review) -> datetime | None:
    """Return when the evidence of this head was first seen complete; None while it is not.

    It opens the gate to the registry, which nobody passes any more once the pull request is merged.
    """
    if reviewed.evidence.decision != "complete" or not pull.open:
        return None
    status = context.hosting.statuses(pull.head).get(EVIDENCE)
    known = status and status.author == context.hosting.login
    if status and known and status.state is StatusState.SUCCESS:
        return status.created_at
    return context.clock.now()

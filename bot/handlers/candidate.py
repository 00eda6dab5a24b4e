"""Registers the candidate of a head in dev; runs with an identity that can write nowhere else."""

from collections.abc import Iterable

from bot.core.candidate_tags import Registration, candidate_tags
from bot.core.pull_request import PullRequest, StatusState
from bot.core.render.refusal import refusal_text
from bot.core.review import Review
from bot.core.tree import subtree
from bot.errors import BotError, UserError
from bot.handlers.context import Context
from bot.handlers.ports import Cloud
from bot.handlers.progress import CANDIDATE, candidate_text, is_content
from bot.handlers.standing import review_head


def register_all(context: Context, cloud: Cloud, numbers: Iterable[int]) -> None:
    """Register what each pull request wants registered; the statuses say how it went.

    Raises:
        BotError: Azure or GitHub failed for at least one of them.
    """
    for number in numbers:
        pull = context.hosting.pull(number)
        if pull.open and not (pull.draft or pull.from_fork):
            register(context, cloud, pull)


def register(context: Context, cloud: Cloud, pull: PullRequest) -> None:
    """Make dev hold the candidate of the head; an equal one that is there already is success.

    The author must have write access: an image build runs what the branch says.
    """
    review = review_head(context, pull)
    if not (review.after and review.agrees and review.environment_changes):
        context.reporter.step(f"#{pull.number} has no candidate to register.")
        return
    if context.hosting.permission(pull.author) not in ("write", "maintain", "admin"):
        _tell(context, pull, StatusState.FAILURE, f"{pull.author} has no write access")
        return
    if _is_registered(context, cloud, pull, review):
        context.reporter.step(f"#{pull.number} has its candidate {review.candidate} already.")
        return
    _tell(context, pull, StatusState.PENDING, f"Registering {review.candidate} in dev")
    tags = candidate_tags(
        review.sources.head,
        review.after,
        Registration(
            env_digest=review.env_digest,
            git_commit_sha=pull.head,
            registered_at=context.clock.now(),
            registered_by=pull.author,
            pr_number=pull.number,
        ),
    )
    files = subtree(review.sources.head, "environment")
    try:
        cloud.register(review.after, files, version=review.candidate, tags=tags)
    except UserError as refused:
        context.reporter.step(refusal_text(refused.refusal))
        _tell(context, pull, StatusState.FAILURE, refused.refusal.headline)
    except BotError as failed:
        _tell(context, pull, StatusState.ERROR, f"Not registered: {failed.what}")
        raise
    else:
        context.reporter.step(f"Registered {review.content.environment}:{review.candidate} in dev")
        _tell(context, pull, StatusState.SUCCESS, candidate_text(review))


def _is_registered(context: Context, cloud: Cloud, pull: PullRequest, review: Review) -> bool:
    """Tell whether the head says that it has its candidate, and dev agrees: nothing to write then.

    The schedule wakes this job for every open pull request as soon as one of them needs it.
    """
    status = context.hosting.statuses(pull.head).get(CANDIDATE)
    if status is None or status.author != context.hosting.login:
        return False
    if (status.state, status.description) != (StatusState.SUCCESS, candidate_text(review)):
        return False
    content = review.content
    found = cloud.environment("dev", content.environment, review.candidate)
    return found is not None and is_content(found, content)


def _tell(context: Context, pull: PullRequest, state: StatusState, text: str) -> None:
    context.hosting.set_status(pull.head, CANDIDATE, state, text, url=context.run_url)

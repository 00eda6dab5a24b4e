"""Registers the candidate of a head in dev; runs with an identity that can write nowhere else."""

from collections.abc import Iterable

from bot.core.candidate_tags import Registration, base_reference, candidate_tags
from bot.core.environment import EnvironmentSpec, RegisteredEnvironment
from bot.core.image_report import ImageReport
from bot.core.leftovers import PULL_TAG, pull_tag
from bot.core.pull_request import PullRequest, StatusState
from bot.core.render.refusal import refusal_text
from bot.core.resolved_image import BaseImage, recorded_base
from bot.core.review import Review
from bot.core.tree import subtree
from bot.errors import BotError, UserError
from bot.handlers.candidate_image import is_content
from bot.handlers.context import Context
from bot.handlers.images import Candidate, await_builds, begin_build
from bot.handlers.ports import Cloud
from bot.handlers.progress import CANDIDATE, candidate_text
from bot.handlers.publish import set_status
from bot.handlers.standing import review_head


def register_all(
    context: Context, cloud: Cloud, numbers: Iterable[int], *, again: bool = False
) -> tuple[ImageReport, ...]:
    """Register what each pull request wants registered and have its image built.

    The statuses say how it went; what is returned is to be told on the pull requests. With `again`
    images that could not be built are tried once more.

    Raises:
        BotError: Azure or GitHub failed for at least one of them; the others were seen to.
    """
    begun, failed = [], []
    for number in numbers:
        pull = context.hosting.pull(number)
        if not pull.open or pull.draft or pull.from_fork:
            continue
        try:
            candidate = register(context, cloud, pull)
            if candidate:
                begun.append(begin_build(context, cloud, candidate, again=again))
        except BotError as error:
            _tell(context, pull, StatusState.ERROR, f"Not registered or not built: {error.what}")
            failed.append(f"#{number}: {error.what}")
    reports = await_builds(context, cloud, begun)
    if failed:
        raise BotError(" ".join(failed), undone="these candidates")
    return reports


def register(context: Context, cloud: Cloud, pull: PullRequest) -> Candidate | None:
    """Make dev hold the candidate of the head; an equal one that is there already is success.

    The author must have write access: an image build runs what the branch says. Returns None when
    there is nothing left to do.
    """
    review = review_head(context, pull)
    spec = review.after
    if spec is None or not (review.agrees and review.environment_changes):
        context.reporter.step(f"#{pull.number} has no candidate to register.")
        return None
    if context.hosting.permission(pull.author) not in ("write", "maintain", "admin"):
        _tell(context, pull, StatusState.FAILURE, f"{pull.author} has no write access")
        return None
    if _is_ready(context, cloud, pull, review):
        context.reporter.step(f"#{pull.number} has its candidate {review.candidate} already.")
        return None
    try:
        base = _register(context, cloud, pull, review, spec)
    except UserError as refused:
        context.reporter.step(refusal_text(refused.refusal))
        _tell(context, pull, StatusState.FAILURE, refused.refusal.headline)
        return None
    return Candidate(pull, review, base)


def _register(
    context: Context, cloud: Cloud, pull: PullRequest, review: Review, spec: EnvironmentSpec
) -> BaseImage:
    """Register the head's environment and return what its base was when that was first done."""
    head, label = review.sources.head, f"{spec.name}:{review.candidate}"
    found = cloud.environment("dev", spec.name, review.candidate)
    if found is None:
        _tell(context, pull, StatusState.PENDING, f"Registering {review.candidate} in dev")
        base = context.images.resolve(base_reference(head, spec))
        context.reporter.step(f"The base image of {label}: {base.label}")
    else:
        base = recorded_base(found.tags)
    registration = Registration(
        env_digest=review.env_digest,
        git_commit_sha=pull.head,
        registered_at=context.clock.now(),
        registered_by=pull.author,
        pr_number=pull.number,
        base=base,
    )
    tags = candidate_tags(head, spec, registration)
    files = subtree(head, "environment")
    cloud.register(spec, files, version=review.candidate, tags=tags)
    if found is not None and _is_archived(cloud, found):
        cloud.restore_environment(spec.name, review.candidate)
    context.reporter.step(f"{label} is registered in dev")
    return base


def _is_ready(context: Context, cloud: Cloud, pull: PullRequest, review: Review) -> bool:
    """Tell whether the head says that it has its candidate, and dev agrees: nothing to write then.

    The schedule wakes this job for every open pull request as soon as one of them needs it.
    """
    status = context.hosting.statuses(pull.head).get(CANDIDATE)
    if status is None or status.author != context.hosting.login:
        return False
    wanted = candidate_text(context.rules.platform, review)
    if (status.state, status.description) != (StatusState.SUCCESS, wanted):
        return False
    content = review.content
    found = cloud.environment("dev", content.environment, review.candidate)
    if found is None or not is_content(found, content):
        return False
    return found.tags.get(PULL_TAG) == pull_tag(pull.number)


def _is_archived(cloud: Cloud, found: RegisteredEnvironment) -> bool:
    """Tell whether dev hides a candidate: its pull request was closed, and is open again."""
    hidden = cloud.archived_environments("dev", found.name)
    return found.version in {one.version for one in hidden}


def _tell(context: Context, pull: PullRequest, state: StatusState, text: str) -> None:
    set_status(context, pull, CANDIDATE, state, text)

"""Has the images of candidates built in dev, waits for them, and says how that went."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import timedelta

from bot.core import image_report
from bot.core.image_build import ImageBuild, image_build, image_state, image_text
from bot.core.image_report import ImageReport, last_lines
from bot.core.model_test import JobState
from bot.core.pull_request import PullRequest, StatusState
from bot.core.render import marker
from bot.core.render.image import image_markdown
from bot.core.resolved_image import BaseImage
from bot.core.review import Review
from bot.handlers.candidate_image import newest_build
from bot.handlers.context import Context
from bot.handlers.ports import Cloud
from bot.handlers.progress import CANDIDATE, IMAGE, candidate_text
from bot.handlers.publish import set_status

_SHOWN = {
    "unasked": StatusState.SUCCESS,
    "none": StatusState.PENDING,
    "running": StatusState.PENDING,
    "built": StatusState.SUCCESS,
    "failed": StatusState.FAILURE,
}


@dataclass(frozen=True, slots=True)
class Candidate:
    """A candidate that dev has, and the newest job that builds its image.

    Attributes:
        base: what its base image was when it was registered.
        build: None where the platform names no compute.
    """

    pull: PullRequest
    review: Review
    base: BaseImage
    build: ImageBuild | None = None
    state: JobState | None = None

    @property
    def is_done(self) -> bool:
        """Tell whether there is nothing to wait for."""
        return self.build is None or bool(self.state and self.state.has_ended)

    @property
    def label(self) -> str:
        """Return `name:version`."""
        return f"{self.review.content.environment}:{self.review.candidate}"


def begin_build(context: Context, cloud: Cloud, candidate: Candidate, *, again: bool) -> Candidate:
    """Return the candidate with the job that builds its image, submitted unless it was before.

    With `again`, a build that ended without success is tried once more, while attempts are left.

    Raises:
        BotError: Azure failed; the statuses say so.
    """
    review = candidate.review
    first = image_build(context.rules.platform, review.content, review.candidate)
    if first is None:
        return candidate
    build, state = newest_build(cloud, first)
    ended_badly = state is not None and state.has_ended and state.status != "completed"
    if again and ended_badly and not build.is_last:
        build, state = build.next_attempt(), None
    if state is None:
        cloud.submit_image_build(build)
        context.reporter.step(f"Submitted {build.job_name}, which builds {candidate.label}")
    return replace(candidate, build=build, state=state)


def await_builds(
    context: Context, cloud: Cloud, begun: Iterable[Candidate]
) -> tuple[ImageReport, ...]:
    """Wait for the images, let the statuses say how each stands, and return what there is to tell.

    What is not built in time stays pending: a later run finds the same job.
    """
    deadline = context.clock.now() + timedelta(seconds=context.patience.image)
    waiting, reports = list(begun), []
    for candidate in waiting:
        show_image(context, candidate)
    while True:
        for candidate in [one for one in waiting if one.is_done]:
            reports += _conclude(context, cloud, candidate)
        waiting = [one for one in waiting if not one.is_done]
        if not waiting or context.clock.now() >= deadline:
            return tuple(reports)
        context.clock.sleep(context.patience.poll)
        waiting = [_looked_at(cloud, one) for one in waiting]


def show_image(context: Context, candidate: Candidate) -> None:
    """Make the statuses of the head say how image and candidate stand."""
    review, pull = candidate.review, candidate.pull
    state = image_state(candidate.build, candidate.state)
    shown = _SHOWN[state]
    set_status(context, pull, IMAGE, shown, image_text(state, candidate.base))
    if shown is StatusState.SUCCESS:
        text = candidate_text(context.rules.platform, review)
    elif shown is StatusState.FAILURE:
        text = f"{candidate.label} is registered in dev, its image could not be built"
    else:
        text = f"{candidate.label} is registered in dev, its image is being built"
    set_status(context, pull, CANDIDATE, shown, text)


def tell_images(context: Context, text: str) -> None:
    """Comment what the candidate job reports: each failure, and a success that follows one."""
    for report in image_report.from_text(text):
        if not report.built or _has_comment(context, report.pull):
            body = marker.marked(marker.IMAGE, image_markdown(report), context.documents)
            context.hosting.upsert_comment(report.pull, marker.IMAGE, body)


def _has_comment(context: Context, number: int) -> bool:
    return any(
        comment.body.startswith(marker.IMAGE) and comment.author == context.hosting.login
        for comment in context.hosting.comments(number)
    )


def _looked_at(cloud: Cloud, candidate: Candidate) -> Candidate:
    build = candidate.build
    return replace(candidate, state=cloud.job("dev", build.job_name)) if build else candidate


def _conclude(context: Context, cloud: Cloud, candidate: Candidate) -> list[ImageReport]:
    show_image(context, candidate)
    build = candidate.build
    if build is None:
        context.reporter.step(f"{candidate.label} is not built: no dev.compute in platform.yml.")
        return []
    built = image_state(build, candidate.state) == "built"
    context.reporter.step(f"{candidate.label}: image {'built' if built else 'not built'}")
    report = ImageReport(
        pull=candidate.pull.number,
        label=candidate.label,
        job=build.job_name,
        built=built,
        attempt=build.attempt,
        last=build.is_last,
        log="" if built else last_lines(cloud.job_log(build.job_name)),
    )
    return [report]

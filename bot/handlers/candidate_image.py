"""What Azure says about the head's candidate and its image."""

from bot.core.environment import RegisteredEnvironment
from bot.core.gates.approval import ReleaseContent
from bot.core.gates.facts import Tests
from bot.core.image_build import ImageBuild, ImageState, image_build, image_state, image_text
from bot.core.model_test import JobState
from bot.core.refusal import Refusal
from bot.core.resolved_image import recorded_base
from bot.core.review import Review
from bot.core.standing import Standing
from bot.errors import UserError
from bot.handlers.context import Context
from bot.handlers.ports import Cloud


def candidate_image(context: Context, cloud: Cloud, review: Review) -> tuple[bool, ImageState, str]:
    """Return whether dev has the head's candidate, how its image stands, and a line about both."""
    content = review.content
    registered = cloud.environment("dev", content.environment, review.candidate)
    if registered is None or not is_content(registered, content):
        return False, "none", ""
    first = image_build(context.rules.platform, content, review.candidate)
    image = image_state(first, newest_build(cloud, first)[1] if first else None)
    return True, image, image_text(image, recorded_base(registered.tags))


def newest_build(cloud: Cloud, first: ImageBuild) -> tuple[ImageBuild, JobState | None]:
    """Return the last attempt that was made, and where its job is; the first if there is none."""
    build, state = first, cloud.job("dev", first.job_name)
    while state is not None and state.has_ended and not build.is_last:
        later = build.next_attempt()
        found = cloud.job("dev", later.job_name) if state.status != "completed" else None
        if found is None:
            break
        build, state = later, found
    return build, state


def image_stands_in(review: Review) -> bool:
    """Tell whether building and importing is all that can be tested before the merge.

    Models of another MAJOR cannot run on the candidate, and production stays as it is.
    """
    return review.is_major and not review.planned


def import_test(image: ImageState) -> Tests:
    """Return what the image's own job stands for where it stands in for the models' test."""
    return Tests("not_applicable" if image == "built" else "none")


def is_content(registered: RegisteredEnvironment, content: ReleaseContent) -> bool:
    """Tell whether a registered version holds this content, and not another of a like name.

    Eight digits of a digest name a candidate, and two contents with the same eight can be made in
    seconds; the tag has all of it. Where no tag was recorded, the hop that made it has compared.
    """
    return registered.tags.get("env_digest", content.env_digest) == content.env_digest


def require_import_test(context: Context, standing: Standing) -> None:
    """Require the job that stands in for the models' test, where one has to (design, MAJOR).

    Raises:
        UserError: its image was not built (`IMAGE_NOT_BUILT`).
    """
    if not image_stands_in(standing.review) or standing.progress.tests.state == "not_applicable":
        return
    raise UserError(
        Refusal(
            code="IMAGE_NOT_BUILT",
            headline="nothing shows that this candidate can be used",
            facts=(
                "No production model can be tested on another MAJOR: a job in its image stands in.",
                "That job has not ended well."
                if context.rules.platform.dev.compute
                else "config/platform.yml names no `dev.compute` to run that job on.",
            ),
            resolver="whoever looks after config/platform.yml",
            next="Name a compute of the dev workspace there, then `/evidence` on this pull request",
        )
    )

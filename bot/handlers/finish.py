"""Makes what was approved ready: the final version, read back; then, and only then, green."""

from collections.abc import Iterable

import msgspec

from bot.core.pull_request import StatusState
from bot.core.refusal import Refusal
from bot.core.standing import Standing
from bot.errors import BotError, UserError
from bot.handlers.candidate_image import is_content
from bot.handlers.context import Context
from bot.handlers.hops import carry_release
from bot.handlers.ports import Cloud
from bot.handlers.promotion_records import read_promotion, write_promotion
from bot.handlers.publish import RELEASE, set_status, show
from bot.handlers.standing import read_standing, with_final


def finish_all(context: Context, cloud: Cloud, numbers: Iterable[int]) -> None:
    """Finish each pull request whose gates hold in Azure's eyes too.

    Raises:
        BotError: at least one could not be finished; the others were.
    """
    failed = []
    for number in numbers:
        try:
            finish(context, cloud, number)
        except BotError as error:
            failed.append(f"#{number}: {error.what}")
    if failed:
        raise BotError(" ".join(failed), undone="making these releases ready")


def finish(context: Context, cloud: Cloud, number: int) -> None:
    """Share the final version if everything else holds, and turn `envbot/release` green."""
    pull = context.hosting.pull(number)
    if not pull.open:
        return
    standing = read_standing(context, pull)
    if not standing.may_release:
        show(context, standing)
        return
    try:
        _make_ready(context, cloud, standing)
    except UserError as refused:
        context.reporter.step(f"Not ready: {refused.refusal.headline}.")
        set_status(context, pull, RELEASE, StatusState.FAILURE, refused.refusal.headline)
        return
    show(context, with_final(standing))


def _make_ready(context: Context, cloud: Cloud, standing: Standing) -> None:
    if standing.review.environment_changes and standing.rollback is None:
        _share_final(context, cloud, standing)
    _require_versions(context, cloud, standing)


def _share_final(context: Context, cloud: Cloud, standing: Standing) -> None:
    """Share the tested candidate under its final version; equal content that is there is success.

    Raises:
        UserError: the version is taken by other content (`ENV_CONTENT_DIFFERS`), or the registry
            does not allow it.
    """
    final = carry_release(context, cloud, standing.review)
    if not is_content(final, standing.review.content):
        raise UserError(_other_content(f"{final.name}:{final.version}", standing.pull.author))
    record = read_promotion(context, standing.review)
    if record:
        doubt = final.not_comparable or record.not_comparable
        released = msgspec.structs.replace(record, final_id=final.id, not_comparable=doubt)
        write_promotion(context, released)


def _require_versions(context: Context, cloud: Cloud, standing: Standing) -> None:
    """Require that production can get every version that the merge would make it run.

    Raises:
        UserError: a version is not in the registry (`ENV_NOT_FOUND`).
    """
    name, place = context.rules.platform.names.environment, context.rules.platform.release_place
    for version in sorted(standing.review.target_versions):
        if cloud.environment(place, name, version) is None:
            raise UserError(_not_found(f"{name}:{version}", standing.pull.author))


def _other_content(label: str, author: str) -> Refusal:
    return Refusal(
        code="ENV_CONTENT_DIFFERS",
        headline=f"{label} in the registry is not what was approved",
        facts=("Its tag `env_digest` names other content than the head's.",),
        resolver=author,
        next="Raise the version; one that is taken cannot be released again",
    )


def _not_found(label: str, author: str) -> Refusal:
    return Refusal(
        code="ENV_NOT_FOUND",
        headline=f"{label} is not in the registry",
        facts=("Circuits of this pull request would run it.",),
        resolver=author,
        next="Promote that version first, or correct `environment_version`.",
    )

"""Makes what was approved ready: the final version, read back; then, and only then, green."""

from collections.abc import Iterable
from dataclasses import replace

import msgspec

from bot.core.refusal import Refusal
from bot.core.standing import Standing
from bot.errors import BotError, UserError
from bot.handlers.candidate_image import is_content
from bot.handlers.context import Context
from bot.handlers.hops import carry_release
from bot.handlers.ports import Cloud
from bot.handlers.promotion_records import read_promotion, write_promotion
from bot.handlers.publish import show
from bot.handlers.release_targets import require_models, require_versions
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
    """Share the final version if everything else holds, and turn `envbot/release` green.

    What Azure refuses stands in the way of the release until a later run finds it mended.
    """
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
        show(context, replace(standing, obstacles=(refused.refusal,)))
        return
    show(context, with_final(standing))


def _make_ready(context: Context, cloud: Cloud, standing: Standing) -> None:
    """Share what is to be released, once all else that the merge asks for is there."""
    review, author = standing.review, standing.pull.author
    require_models(context, cloud, review, author)
    if review.environment_changes and standing.rollback is None:
        _share_final(context, cloud, standing)
    require_versions(context, cloud, review, author)


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


def _other_content(label: str, author: str) -> Refusal:
    return Refusal(
        code="ENV_CONTENT_DIFFERS",
        headline=f"{label} in the registry is not what was approved",
        facts=("Its tag `env_digest` names other content than the head's.",),
        resolver=author,
        next="Raise the version; one that is taken cannot be released again",
    )

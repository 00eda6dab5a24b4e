"""Keeps the record of a version's promotion in its ref."""

from bot.core import promotion_record
from bot.core.candidate_tags import whole_tags
from bot.core.environment import RegisteredEnvironment
from bot.core.promotion_record import PromotionRecord
from bot.core.review import Review
from bot.core.tag_limits import not_carried
from bot.errors import BotError
from bot.handlers.context import Context
from bot.handlers.ports import Cloud
from bot.handlers.ref_record import read_record, write_record

_ATTEMPTS = 3


def read_promotion(context: Context, review: Review) -> PromotionRecord | None:
    """Return the record of the head's version if it is of the head's content."""
    content = review.content
    if not content.version:
        return None
    ref = promotion_record.ref_of(content.environment, content.version)
    seen = read_record(context.repository, ref, promotion_record.FILE)
    record = promotion_record.from_json(seen.data) if seen.data else None
    return record if record and record.env_digest == content.env_digest else None


def write_promotion(context: Context, record: PromotionRecord) -> None:
    """Make the ref hold `record`; nothing is written when it does already.

    Raises:
        BotError: other runs kept changing it.
    """
    ref = promotion_record.ref_of(record.environment, record.version)
    data = promotion_record.to_json(record)
    message = f"Promotion of {record.environment}:{record.version}"
    for _ in range(_ATTEMPTS):
        seen = read_record(context.repository, ref, promotion_record.FILE)
        if seen.data == data:
            return
        now = context.clock.now()
        if write_record(
            context.repository,
            ref,
            promotion_record.FILE,
            data,
            seen=seen,
            message=message,
            at=now,
        ):
            return
    raise BotError(f"`{ref}` kept changing while envbot wrote to it.")


def tags_not_carried(cloud: Cloud, review: Review, shared: RegisteredEnvironment) -> dict[str, str]:
    """Return what dev and the author say of the candidate and the registry's copy does not."""
    registered = cloud.environment("dev", shared.name, review.candidate)
    if registered is None or review.after is None:
        return {}
    return not_carried(whole_tags(review.after, registered.tags), shared.tags)

"""Keeps what each copy in a registry was made from."""

from bot.core import source_record
from bot.core.source_record import SourceRecord
from bot.errors import BotError
from bot.handlers.context import Context
from bot.handlers.ref_record import read_record, write_record

_ATTEMPTS = 3


def read_source(
    context: Context, registry: str, environment: str, version: str
) -> SourceRecord | None:
    """Return what a version of a registry was copied from; None where no hop has recorded it."""
    ref = source_record.ref_of(registry, environment, version)
    seen = read_record(context.repository, ref, source_record.FILE)
    return source_record.from_json(seen.data) if seen.data else None


def write_source(
    context: Context, registry: str, environment: str, version: str, record: SourceRecord
) -> None:
    """Make the ref hold `record`; nothing is written when it does already.

    Raises:
        BotError: other runs kept changing it.
    """
    ref = source_record.ref_of(registry, environment, version)
    data, message = source_record.to_json(record), f"Source of {environment}:{version}"
    for _ in range(_ATTEMPTS):
        seen = read_record(context.repository, ref, source_record.FILE)
        if seen.data == data or write_record(
            context.repository,
            ref,
            source_record.FILE,
            data,
            seen=seen,
            message=message,
            at=context.clock.now(),
        ):
            return
    raise BotError(f"`{ref}` kept changing while envbot wrote to it.")

"""What a copy was made from, kept in its ref."""

from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING

import pytest

from bot.core.source_record import FILE, SourceRecord, ref_of
from bot.errors import BotError
from bot.handlers.context import Context
from bot.handlers.source_records import read_source, write_source

if TYPE_CHECKING:
    from bot.adapters.git import GitRepository
    from tests.handlers.conftest import RacedRepository

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
PLACE = ("amlregcc01", "custom-tf-env", "1.5.1")
RECORD = SourceRecord("/subscriptions/s/…/versions/1.5.1-rc.gaaaaaaaa", "a" * 64)


def overwrite(repository: "GitRepository", data: bytes) -> None:
    """Be another run that makes the ref hold `data`."""
    ref = ref_of(*PLACE)
    commit = repository.commit((), {FILE: data}, "Theirs", at=NOON)
    assert repository.write_ref(ref, commit, expected=repository.read_ref(ref))


def test_what_was_written_is_read(context: Context) -> None:
    assert read_source(context, *PLACE) is None

    write_source(context, *PLACE, RECORD)

    assert read_source(context, *PLACE) == RECORD


def test_writing_the_same_again_writes_nothing(context: Context) -> None:
    write_source(context, *PLACE, RECORD)
    before = context.repository.read_ref(ref_of(*PLACE))

    write_source(context, *PLACE, RECORD)

    assert context.repository.read_ref(ref_of(*PLACE)) == before


def test_who_always_comes_second_says_so(
    context: Context, repository: "RacedRepository", elsewhere: "GitRepository"
) -> None:
    repository.meanwhile += [partial(overwrite, elsewhere, b"%d" % n) for n in range(3)]

    with pytest.raises(BotError, match="kept changing"):
        write_source(context, *PLACE, RECORD)

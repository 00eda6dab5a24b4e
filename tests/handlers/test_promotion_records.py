"""The record of a version's promotion in its ref: found again by content, never by name alone."""

from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING

import msgspec
import pytest

from bot.adapters.git import GitRepository
from bot.core import promotion_record
from bot.core.promotion_record import FILE, PromotionRecord, ref_of
from bot.core.review import Review
from bot.errors import BotError
from bot.handlers.context import Context
from bot.handlers.local import review_revisions
from bot.handlers.promotion_records import read_promotion, write_promotion

if TYPE_CHECKING:
    from tests.handlers.conftest import RacedRepository

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
REF = ref_of("custom-tf-env", "1.5.0")
Write = Callable[[GitRepository, bytes], None]


@pytest.fixture
def review(context: Context) -> Review:
    """Return the review of main by itself."""
    return review_revisions(context.repository, context.rules.main, context.rules.main)


@pytest.fixture
def record(review: Review) -> PromotionRecord:
    """Return the record of what main holds."""
    return PromotionRecord(
        environment="custom-tf-env",
        version="1.5.0",
        env_digest=review.env_digest,
        candidate=review.candidate,
        promoted_by="lise",
        promoted_at=NOON,
    )


def overwrite(repository: GitRepository, data: bytes) -> None:
    """Be another run that makes the ref hold `data`."""
    commit = repository.commit((), {FILE: data}, "Theirs", at=NOON)
    assert repository.write_ref(REF, commit, expected=repository.read_ref(REF))


def test_what_was_written_is_read(
    context: Context, review: Review, record: PromotionRecord
) -> None:
    write_promotion(context, record)

    assert read_promotion(context, review) == record


def test_without_a_record_there_is_none(context: Context, review: Review) -> None:
    assert read_promotion(context, review) is None


def test_a_head_without_an_environment_has_no_record(
    context: Context, record: PromotionRecord
) -> None:
    write_promotion(context, record)
    main = context.rules.main
    gone = {"environment/environment.yml": None}
    head = context.repository.commit((main,), gone, "Remove it", at=NOON)

    assert read_promotion(context, review_revisions(context.repository, main, head)) is None


def test_a_record_of_other_content_is_none(
    context: Context, review: Review, record: PromotionRecord
) -> None:
    write_promotion(context, msgspec.structs.replace(record, env_digest="0" * 64))

    assert read_promotion(context, review) is None


@pytest.mark.parametrize("data", [b"", b"{}", b"\xff"], ids=["empty", "object", "binary"])
def test_garbage_is_none_and_can_be_replaced(
    context: Context,
    elsewhere: GitRepository,
    review: Review,
    record: PromotionRecord,
    data: bytes,
) -> None:
    overwrite(elsewhere, data)

    assert read_promotion(context, review) is None
    write_promotion(context, record)
    assert read_promotion(context, review) == record


def test_writing_the_same_again_makes_no_commit(context: Context, record: PromotionRecord) -> None:
    write_promotion(context, record)
    before = context.repository.read_ref(REF)

    write_promotion(context, record)

    assert context.repository.read_ref(REF) == before


def test_a_lost_race_is_repeated_on_top_of_the_winner(
    context: Context,
    repository: "RacedRepository",
    elsewhere: GitRepository,
    review: Review,
    record: PromotionRecord,
) -> None:
    theirs = promotion_record.to_json(msgspec.structs.replace(record, promoted_by="marie"))
    repository.meanwhile.append(lambda: overwrite(elsewhere, theirs))

    write_promotion(context, record)

    assert read_promotion(context, review) == record
    ours = repository.read_ref(REF)
    assert ours is not None
    (winner,) = repository.parents(ours)
    assert repository.read(winner)[FILE].data == theirs


def test_a_race_that_never_ends_is_given_up(
    context: Context,
    repository: "RacedRepository",
    elsewhere: GitRepository,
    record: PromotionRecord,
) -> None:
    repository.meanwhile += [partial(overwrite, elsewhere, b"%d" % one) for one in range(9)]

    with pytest.raises(BotError, match="kept changing"):
        write_promotion(context, record)

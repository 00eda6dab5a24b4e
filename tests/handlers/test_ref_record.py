"""A document in a ref: read with the commit it came from, replaced only if that still is there."""

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from bot.adapters.git import GitRepository
from bot.errors import BotError
from bot.handlers.ref_record import RefRecord, delete_record, read_record, write_record

if TYPE_CHECKING:
    from tests.handlers.conftest import RacedRepository, StillClock

REF = "refs/envbot/promotions/tf/1.5.1"
FILE = "record.json"
NOTHING = RefRecord(None, None)


def write(repository: GitRepository, clock: "StillClock", data: bytes, seen: RefRecord) -> str:
    commit = write_record(repository, REF, FILE, data, seen=seen, message="Record", at=clock.now())
    assert commit is not None
    return commit


def test_no_ref_has_no_document(repository: "RacedRepository") -> None:
    assert read_record(repository, REF, FILE) == NOTHING


def test_what_was_written_is_read_by_another_run(
    repository: "RacedRepository", elsewhere: GitRepository, clock: "StillClock"
) -> None:
    commit = write(repository, clock, b'{"a": 1}', NOTHING)

    assert read_record(elsewhere, REF, FILE) == RefRecord(commit, b'{"a": 1}')


def test_a_ref_without_the_document_is_not_the_same_as_no_ref(
    repository: "RacedRepository", clock: "StillClock"
) -> None:
    commit = write(repository, clock, b"x", NOTHING)

    assert read_record(repository, REF, "other.json") == RefRecord(commit, b"")


def test_earlier_documents_stay_reachable(
    repository: "RacedRepository", clock: "StillClock"
) -> None:
    first = write(repository, clock, b"1", NOTHING)
    second = write(repository, clock, b"2", read_record(repository, REF, FILE))

    assert repository.parents(second) == (first,)
    assert repository.read(first)[FILE].data == b"1"


@pytest.mark.parametrize("exists", [False, True], ids=["creating", "replacing"])
def test_whoever_was_slower_writes_nothing(
    repository: "RacedRepository", elsewhere: GitRepository, clock: "StillClock", exists: bool
) -> None:
    if exists:
        write(repository, clock, b"0", NOTHING)
    seen = read_record(repository, REF, FILE)
    write(elsewhere, clock, b"theirs", read_record(elsewhere, REF, FILE))

    lost = write_record(repository, REF, FILE, b"ours", seen=seen, message="Record", at=clock.now())

    assert lost is None
    assert read_record(repository, REF, FILE).data == b"theirs"


def test_deleting_frees_the_ref(repository: "RacedRepository", clock: "StillClock") -> None:
    delete_record(repository, REF, write(repository, clock, b"1", NOTHING))

    assert read_record(repository, REF, FILE) == NOTHING


def test_deleting_what_others_have_replaced_is_refused(
    repository: "RacedRepository", elsewhere: GitRepository, clock: "StillClock"
) -> None:
    mine = write(repository, clock, b"1", NOTHING)
    write(elsewhere, clock, b"theirs", read_record(elsewhere, REF, FILE))

    with pytest.raises(BotError, match="taken over"):
        delete_record(repository, REF, mine)

    assert read_record(repository, REF, FILE).data == b"theirs"


def test_an_origin_out_of_reach_is_no_missing_document(
    repository: "RacedRepository", origin: Path
) -> None:
    origin.rename(origin.with_suffix(".gone"))

    with pytest.raises(BotError):
        read_record(repository, REF, FILE)

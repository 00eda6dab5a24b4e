"""Holding a stage by one ref at origin, against other runs and against what they leave behind."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from bot.adapters.git import GitRepository
from bot.core.production.lease import FILE, from_json, new_lease, ref_of, to_json
from bot.errors import BotError, UserError
from bot.handlers.held_lease import HeldLease
from bot.handlers.lease import EndUntoldError, held_lease, left_behind
from bot.handlers.ports import Repository

if TYPE_CHECKING:
    from tests.handlers.conftest import RacedRepository, StillClock

HOUR = timedelta(hours=1)
NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
REF = ref_of("production")
Hold = Callable[..., AbstractContextManager[HeldLease]]


@pytest.fixture
def hold(repository: "RacedRepository", clock: "StillClock") -> Hold:
    """Return what holds production for a claim."""

    def of(claim: str, where: Repository = repository) -> AbstractContextManager[HeldLease]:
        return held_lease(where, clock, "production", claim=claim, owner="run 1", lasting=HOUR)

    return of


def stored(repository: Repository) -> bytes | None:
    commit = repository.read_ref(REF)
    return repository.read(commit, FILE)[FILE].data if commit else None


def leave(repository: GitRepository, data: bytes, file: str = FILE) -> None:
    """Make the ref hold some bytes, whatever it held before."""
    commit = repository.commit((), {file: data}, "Left behind", at=NOON)
    assert repository.write_ref(REF, commit, expected=repository.read_ref(REF))


def test_a_free_stage_is_held_for_the_block_and_free_again(
    hold: Hold, repository: "RacedRepository", clock: "StillClock"
) -> None:
    with hold("apply-1"):
        assert from_json(stored(repository) or b"").claim == "apply-1"
        assert from_json(stored(repository) or b"").expires_at == clock.now() + HOUR

    assert stored(repository) is None


def test_it_is_free_again_when_the_block_fails(hold: Hold, repository: "RacedRepository") -> None:
    with pytest.raises(ZeroDivisionError), hold("apply-1"):
        raise ZeroDivisionError

    assert stored(repository) is None


def test_it_stays_for_the_next_run_when_the_end_could_not_be_told(
    hold: Hold, repository: "RacedRepository"
) -> None:
    with pytest.raises(EndUntoldError), hold("apply-1"):
        raise EndUntoldError("GitHub is away.")

    assert from_json(stored(repository) or b"").claim == "apply-1"


def test_another_claim_is_refused_and_the_holder_is_named(
    hold: Hold, elsewhere: GitRepository
) -> None:
    entered = False

    with hold("apply-1"), pytest.raises(UserError) as refused, hold("apply-2", elsewhere):
        entered = True

    assert not entered
    assert refused.value.refusal.code == "LOCKED"
    assert "apply-1" in refused.value.refusal.facts[0]


def test_a_refused_claim_leaves_the_lease_alone(hold: Hold, elsewhere: GitRepository) -> None:
    with hold("apply-1"):
        before = elsewhere.read_ref(REF)
        with pytest.raises(UserError), hold("apply-2", elsewhere):
            pass

        assert elsewhere.read_ref(REF) == before


def test_the_same_claim_enters_again_after_a_crash(
    hold: Hold, repository: "RacedRepository", clock: "StillClock"
) -> None:
    leave(repository, to_json(new_lease("apply-1", "run 0", clock.now(), HOUR)))
    clock.sleep(1800)

    with hold("apply-1"):
        assert from_json(stored(repository) or b"").expires_at == clock.now() + HOUR

    assert stored(repository) is None


def test_an_expired_lease_is_taken_over(
    hold: Hold, repository: "RacedRepository", clock: "StillClock"
) -> None:
    leave(repository, to_json(new_lease("apply-0", "run 0", clock.now(), HOUR)))
    clock.sleep(3600)

    with hold("apply-1"):
        assert from_json(stored(repository) or b"").claim == "apply-1"


def test_the_lease_of_a_run_that_has_ended_is_taken_over(
    repository: "RacedRepository", clock: "StillClock"
) -> None:
    leave(repository, to_json(new_lease("apply-0", "run 0", clock.now(), HOUR)))
    asked: list[str] = []

    def is_over(owner: str) -> bool:
        asked.append(owner)
        return True

    with held_lease(
        repository,
        clock,
        "production",
        claim="apply-1",
        owner="run 1",
        lasting=HOUR,
        is_over=is_over,
    ):
        assert from_json(stored(repository) or b"").claim == "apply-1"

    assert asked == ["run 0"]


def test_the_lease_of_a_run_that_nobody_can_ask_about_keeps_everybody_out(
    repository: "RacedRepository", clock: "StillClock"
) -> None:
    theirs = to_json(new_lease("apply-0", "run 0", clock.now(), HOUR))
    leave(repository, theirs)

    def is_over(_owner: str) -> bool:
        raise BotError("GitHub is away.")

    held = held_lease(
        repository,
        clock,
        "production",
        claim="apply-1",
        owner="run 1",
        lasting=HOUR,
        is_over=is_over,
    )
    with pytest.raises(BotError, match="GitHub is away"), held:
        pass

    assert stored(repository) == theirs


def test_a_lease_longer_than_any_of_ours_was_forged_and_keeps_nobody_out(
    hold: Hold, repository: "RacedRepository", clock: "StillClock"
) -> None:
    leave(repository, to_json(new_lease("apply-0", "run 0", clock.now(), 9 * HOUR)))

    with hold("apply-1"):
        assert from_json(stored(repository) or b"").claim == "apply-1"


def test_a_run_whose_own_leases_are_short_takes_no_longer_one_from_its_owner(
    repository: "RacedRepository", clock: "StillClock"
) -> None:
    leave(repository, to_json(new_lease("apply-0", "run 0", clock.now(), HOUR)))
    short = held_lease(
        repository, clock, "production", claim="apply-1", owner="run 1", lasting=HOUR / 2
    )

    with pytest.raises(UserError), short:
        pass


def test_a_lease_that_has_not_expired_is_not_taken_over(
    hold: Hold, repository: "RacedRepository", clock: "StillClock"
) -> None:
    leave(repository, to_json(new_lease("apply-0", "run 0", clock.now(), HOUR)))
    clock.sleep(3599)

    with pytest.raises(UserError), hold("apply-1"):
        pass


@pytest.mark.parametrize(
    ("data", "file"),
    [
        pytest.param(b"", FILE, id="empty"),
        pytest.param(b"{}", FILE, id="another object"),
        pytest.param(b"\xff", FILE, id="binary"),
        pytest.param(b"{}", "other.json", id="another file"),
    ],
)
def test_what_cannot_be_read_keeps_everybody_out(
    hold: Hold, repository: "RacedRepository", data: bytes, file: str
) -> None:
    leave(repository, data, file)
    before = repository.read_ref(REF)

    with pytest.raises(BotError, match="no lease"), hold("apply-1"):
        pass

    assert repository.read_ref(REF) == before


def test_of_two_at_once_the_slower_is_refused(
    hold: Hold, repository: "RacedRepository", elsewhere: GitRepository, clock: "StillClock"
) -> None:
    theirs = to_json(new_lease("apply-2", "run 2", clock.now(), HOUR))
    repository.meanwhile.append(lambda: leave(elsewhere, theirs))

    with pytest.raises(UserError) as refused, hold("apply-1"):
        pass

    assert "apply-2" in refused.value.refusal.facts[0]
    assert stored(elsewhere) == theirs


def test_a_winner_that_is_gone_already_is_a_failure_to_repeat(
    hold: Hold, repository: "RacedRepository", elsewhere: GitRepository, clock: "StillClock"
) -> None:
    expired = to_json(new_lease("apply-0", "run 0", clock.now() - 2 * HOUR, HOUR))
    leave(repository, expired)
    held = repository.read_ref(REF)
    repository.meanwhile.append(lambda: elsewhere.write_ref(REF, None, expected=held))

    with pytest.raises(BotError, match="changed hands"), hold("apply-1"):
        pass


def test_losing_the_lease_meanwhile_is_said_and_theirs_is_left_alone(
    hold: Hold, repository: "RacedRepository", elsewhere: GitRepository, clock: "StillClock"
) -> None:
    theirs = to_json(new_lease("apply-2", "run 2", clock.now(), HOUR))

    with pytest.raises(BotError, match="taken over"), hold("apply-1"):
        leave(elsewhere, theirs)

    assert stored(repository) == theirs


def test_what_the_block_says_is_not_hidden_by_a_lost_lease(
    hold: Hold, elsewhere: GitRepository
) -> None:
    def lose_it_and_fail() -> None:
        leave(elsewhere, b"theirs")
        raise BotError("Azure is away.")

    with pytest.raises(BotError, match="Azure is away"), hold("apply-1"):
        lose_it_and_fail()


def test_an_origin_out_of_reach_keeps_everybody_out(hold: Hold, origin: Path) -> None:
    origin.rename(origin.with_suffix(".gone"))

    with pytest.raises(BotError), hold("apply-1"):
        pass


def test_each_stage_is_held_on_its_own(
    hold: Hold, repository: "RacedRepository", clock: "StillClock"
) -> None:
    with (
        hold("apply-1"),
        held_lease(repository, clock, "test", claim="tests-1", owner="", lasting=HOUR),
    ):
        assert repository.read_ref(ref_of("test")) != repository.read_ref(REF)


@pytest.mark.parametrize(
    ("claim", "over", "expected"),
    [
        pytest.param("apply-0", False, (7,), id="our own"),
        pytest.param("apply-1", True, (7,), id="of a run that has ended"),
        pytest.param("apply-1", False, None, id="of a run that goes on"),
    ],
)
def test_a_lease_left_behind_says_whom_its_owner_told(
    repository: "RacedRepository",
    clock: "StillClock",
    claim: str,
    over: bool,
    expected: tuple[int, ...] | None,
) -> None:
    leave(repository, to_json(new_lease("apply-0", "run 0", clock.now(), HOUR, (7,))))

    found = left_behind(repository, clock, "production", claim=claim, is_over=lambda _: over)

    assert (found.pulls if found else None) == expected


@pytest.mark.parametrize("data", [None, b"{}"], ids=["none", "one that cannot be read"])
def test_where_there_is_no_lease_none_was_left_behind(
    repository: "RacedRepository", clock: "StillClock", data: bytes | None
) -> None:
    if data is not None:
        leave(repository, data)

    assert left_behind(repository, clock, "production", claim="apply-1") is None

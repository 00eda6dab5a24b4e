"""Keeping a lease alive while it is held, and stopping in time when that fails."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from bot.adapters.git import GitRepository
from bot.core.production.lease import FILE, from_json, new_lease, ref_of, to_json
from bot.errors import BotError
from bot.handlers.held_lease import HeldLease
from bot.handlers.lease import held_lease

if TYPE_CHECKING:
    from tests.handlers.conftest import RacedRepository, StillClock

HOUR = timedelta(hours=1)
REF = ref_of("production")
LOST = "another run took the lease of production"
STALE = "the lease of production could not be renewed"


@pytest.fixture
def held(repository: "RacedRepository", clock: "StillClock") -> Iterator[HeldLease]:
    """Return a lease of an hour that has just been taken."""
    with ExitStack() as ending:
        lease = ending.enter_context(
            held_lease(repository, clock, "production", claim="apply-1", owner="", lasting=HOUR)
        )
        yield lease
        ending.pop_all()


def minutes_left(repository: GitRepository, clock: "StillClock") -> float:
    commit = repository.read_ref(REF)
    assert commit is not None
    lease = from_json(repository.read(commit, FILE)[FILE].data)
    return (lease.expires_at - clock.now()).total_seconds() / 60


def take_away(repository: GitRepository, clock: "StillClock") -> None:
    theirs = to_json(new_lease("apply-2", "run 2", clock.now(), HOUR))
    commit = repository.commit((), {FILE: theirs}, "Theirs", at=clock.now())
    assert repository.write_ref(REF, commit, expected=repository.read_ref(REF))


@pytest.mark.parametrize(
    ("minutes", "left"),
    [
        pytest.param(19, 41, id="in its first third it stays"),
        pytest.param(20, 60, id="after it it begins anew"),
        pytest.param(55, 60, id="late is better than never"),
    ],
)
def test_a_beat_renews_a_lease_whose_first_third_is_over(
    held: HeldLease, elsewhere: GitRepository, clock: "StillClock", minutes: int, left: int
) -> None:
    clock.sleep(minutes * 60)

    held.beat()

    assert minutes_left(elsewhere, clock) == left


def test_a_lease_can_be_kept_for_much_longer_than_it_lasts(
    held: HeldLease, clock: "StillClock"
) -> None:
    for _ in range(6):
        clock.sleep(30 * 60)
        held.beat()

    assert held.objection == ""


@pytest.mark.parametrize(
    ("minutes", "objection"),
    [
        pytest.param(39, "", id="two thirds are not over"),
        pytest.param(40, STALE, id="the last third has begun"),
        pytest.param(90, STALE, id="it is over"),
    ],
)
def test_writes_end_a_third_before_the_lease_does(
    held: HeldLease, clock: "StillClock", minutes: int, objection: str
) -> None:
    clock.sleep(minutes * 60)

    assert held.objection == objection


def test_a_lease_that_somebody_took_is_lost_for_good(
    held: HeldLease, elsewhere: GitRepository, clock: "StillClock"
) -> None:
    take_away(elsewhere, clock)
    clock.sleep(1200)

    held.beat()
    held.beat()

    assert held.objection == LOST
    assert minutes_left(elsewhere, clock) == 40


def test_an_origin_out_of_reach_is_asked_again_while_there_is_time(
    held: HeldLease, origin: Path, elsewhere: GitRepository, clock: "StillClock"
) -> None:
    clock.sleep(1500)
    away = origin.rename(origin.with_suffix(".gone"))
    held.beat()
    clock.sleep(600)
    away.rename(origin)

    held.beat()

    assert (held.objection, minutes_left(elsewhere, clock)) == ("", 60)


def test_an_origin_out_of_reach_for_too_long_stops_the_writes(
    held: HeldLease, origin: Path, clock: "StillClock"
) -> None:
    origin.rename(origin.with_suffix(".gone"))
    clock.sleep(2400)

    held.beat()

    assert held.objection == STALE


def lose_the_answer() -> None:
    raise BotError("The connection broke.")


def test_a_renewal_whose_answer_was_lost_is_found_to_be_ours(
    held: HeldLease, repository: "RacedRepository", clock: "StillClock"
) -> None:
    repository.afterwards.append(lose_the_answer)
    clock.sleep(1200)
    held.beat()
    clock.sleep(600)

    held.beat()

    assert (held.objection, minutes_left(repository, clock)) == ("", 60)


def test_a_lease_is_given_back_though_the_answer_to_its_renewal_was_lost(
    held: HeldLease, repository: "RacedRepository", clock: "StillClock"
) -> None:
    repository.afterwards.append(lose_the_answer)
    clock.sleep(1200)
    held.beat()

    held.give_back()

    assert repository.read_ref(REF) is None


def test_a_renewed_lease_is_given_back(
    held: HeldLease, repository: "RacedRepository", clock: "StillClock"
) -> None:
    clock.sleep(1200)
    held.beat()

    held.give_back()

    assert repository.read_ref(REF) is None


_WORKER = """
import sys
from datetime import timedelta
from pathlib import Path
from bot.adapters.clock import SystemClock
from bot.adapters.git import GitRepository
from bot.errors import BotError, UserError
from bot.handlers.lease import held_lease

name, clone, log = sys.argv[1:]
repository, taken = GitRepository.at(Path(clone)), 0
for _ in range(200):
    try:
        with held_lease(
            repository, SystemClock(), "production",
            claim=name, owner="", lasting=timedelta(hours=1),
        ), open(log, "a", buffering=1) as file:
            file.write(f"{name} in\\n")
            file.write(f"{name} out\\n")
            taken += 1
    except (BotError, UserError):
        continue
    if taken == 3:
        break
"""


def test_two_processes_never_hold_a_stage_at_once(
    repository: "RacedRepository", elsewhere: GitRepository, tmp_path: Path
) -> None:
    log = tmp_path / "log"
    started = [
        subprocess.Popen([sys.executable, "-c", _WORKER, name, str(where.git.root), str(log)])
        for name, where in (("one", repository), ("other", elsewhere))
    ]

    assert [process.wait(timeout=60) for process in started] == [0, 0]
    said = log.read_text().splitlines()
    pairs = list(zip(said[::2], said[1::2], strict=True))
    assert sorted(pairs) == [("one in", "one out")] * 3 + [("other in", "other out")] * 3

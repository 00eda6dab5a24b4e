"""Main is looked at now and then while it is applied, and ends the writing once it moved on."""

from collections.abc import Iterator
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from bot.adapters.git import GitRepository
from bot.core.production.apply_report import MOVED_ON
from bot.errors import BotError
from bot.handlers.context import Context
from bot.handlers.lease import held_lease
from bot.handlers.watched_main import WatchedMain, watch_main

if TYPE_CHECKING:
    from tests.handlers.conftest import StillClock

HOUR = timedelta(hours=1)


@pytest.fixture
def held(context: Context, clock: "StillClock") -> Iterator[WatchedMain]:
    """Return the lease of an apply of main that has just begun to write."""
    with held_lease(
        context.repository, clock, "production", claim="apply-1", owner="", lasting=HOUR
    ) as lease:
        yield watch_main(context, lease)


@pytest.fixture
def newer(context: Context, held: WatchedMain, elsewhere: GitRepository) -> str:
    """Let somebody push to main once the apply has begun."""
    del held
    main = elsewhere.fetch_branch("main")
    commit = elsewhere.commit((main,), {"README.md": b"newer"}, "Newer", at=context.clock.now())
    assert elsewhere.push(commit, "main", onto=main)
    return commit


def test_while_main_stays_nothing_objects(held: WatchedMain, clock: "StillClock") -> None:
    clock.sleep(60)
    held.beat()
    held.begin_wave()

    assert held.objection == ""
    assert held.newer == ""


@pytest.mark.parametrize(
    ("seconds", "objection"),
    [
        pytest.param(4, "", id="what was seen a moment ago still counts"),
        pytest.param(5, MOVED_ON, id="after that it is looked at again"),
    ],
)
def test_a_beat_looks_at_main_when_the_last_look_is_old(
    held: WatchedMain, clock: "StillClock", newer: str, seconds: int, objection: str
) -> None:
    clock.sleep(seconds)
    held.beat()

    assert held.objection == objection
    assert held.newer == (newer if objection else "")


def test_another_wave_does_not_begin_before_main_was_looked_at(
    held: WatchedMain, newer: str
) -> None:
    held.begin_wave()

    assert held.objection == MOVED_ON
    assert held.newer == newer


def test_where_git_does_not_tell_the_writing_goes_on(
    held: WatchedMain,
    clock: "StillClock",
    newer: str,
    context: Context,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def unreachable(ref: str) -> str:
        raise BotError(f"origin cannot be reached for {ref}")

    with monkeypatch.context() as patch:
        patch.setattr(context.repository, "read_ref", unreachable)
        held.begin_wave()
        assert held.objection == ""

    clock.sleep(5)
    held.beat()
    assert held.newer == newer


def test_a_lost_lease_still_objects(held: WatchedMain, clock: "StillClock") -> None:
    clock.sleep(3600)

    assert held.objection == "the lease of production could not be renewed"


def test_a_beat_renews_the_lease(held: WatchedMain, clock: "StillClock") -> None:
    clock.sleep(2400)
    held.beat()

    assert held.objection == ""

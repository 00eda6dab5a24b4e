"""How often progress is shown: soon at first, then ever more rarely."""

from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from bot.adapters.github import GitHubHosting, GitHubSettings
from bot.handlers.context import Context
from bot.handlers.reply import Reply

if TYPE_CHECKING:
    from tests.handlers.conftest import StillClock


class Board(GitHubHosting):
    """A pull request of which only what is shown counts."""

    def __init__(self) -> None:
        super().__init__(GitHubSettings("http://127.0.0.1:1", "plants/fleet", "token"))
        self.shown: list[str] = []

    def upsert_comment(self, number: int, marker: str, body: str) -> str:
        del number, marker
        self.shown.append(body)
        return ""


@dataclass
class Shown:
    """A reply, and what of it could be read."""

    reply: Reply
    board: Board = field(default_factory=Board)


@pytest.fixture
def shown(context: Context) -> Shown:
    board = Board()
    return Shown(Reply(replace(context, hosting=board), 1, 1), board)


def edits_within(shown: Shown, clock: "StillClock", time: timedelta) -> int:
    """Return how often progress is shown while a job is looked at each half minute."""
    until = clock.time + time
    while clock.time < until:
        shown.reply.show_progress("still running")
        clock.sleep(30)
    return len(shown.board.shown)


def test_the_first_progress_is_shown_at_once(shown: Shown) -> None:
    shown.reply.show_progress("begun")

    assert len(shown.board.shown) == 1


@pytest.mark.parametrize(
    ("time", "most"),
    [
        pytest.param(timedelta(minutes=5), 5, id="five minutes"),
        pytest.param(timedelta(hours=1), 12, id="an hour"),
        pytest.param(timedelta(hours=5), 36, id="five hours"),
    ],
)
def test_what_takes_long_is_told_rarely(
    shown: Shown, clock: "StillClock", time: timedelta, most: int
) -> None:
    assert 3 <= edits_within(shown, clock, time) <= most


def test_the_end_is_shown_whenever_it_comes(shown: Shown) -> None:
    shown.reply.show_progress("begun")
    shown.reply.show("done")

    assert shown.board.shown[-1].endswith("done")

"""What is left on a pull request when envbot itself breaks."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, cast

import pytest

from bot.errors import BotError
from bot.handlers.bugs import TellingOfBugs
from bot.handlers.context import Context

if TYPE_CHECKING:
    from tests.handlers.conftest import StillClock

COMMAND = {"issue": {"number": 7}, "comment": {"id": 11, "body": "/status"}}


@dataclass
class Conversation:
    """The part of GitHub that a reply needs."""

    said: list[str] = field(default_factory=list)
    reactions: list[tuple[int, str]] = field(default_factory=list)
    login: str = "github-actions[bot]"

    def upsert_comment(self, number: int, marker: str, body: str) -> str:
        del number, marker
        self.said.append(body)
        return ""

    def react(self, comment_id: int, reaction: str) -> None:
        self.reactions.append((comment_id, reaction))


@pytest.fixture
def conversation() -> Conversation:
    return Conversation()


@pytest.fixture
def context(conversation: Conversation, clock: "StillClock") -> Context:
    hosting: Any = conversation
    nothing = cast("Any", None)
    return Context(nothing, hosting, clock, nothing, nothing, run_url="https://example.com/run/1")


def test_a_bug_ends_the_command_that_found_it(context: Context, conversation: Conversation) -> None:
    with pytest.raises(ZeroDivisionError), TellingOfBugs(context, COMMAND):
        raise ZeroDivisionError

    assert "a bug in envbot" in conversation.said[0]
    assert "https://example.com/run/1" in conversation.said[0]
    assert conversation.reactions == [(11, "-1")]


@pytest.mark.parametrize(
    ("raised", "payload"),
    [
        pytest.param(BotError("Azure is gone."), COMMAND, id="a failure was told already"),
        pytest.param(SystemExit(100), COMMAND, id="an exit code is no bug"),
        pytest.param(ZeroDivisionError(), {"ref": "refs/heads/main"}, id="a push has no reader"),
    ],
)
def test_nothing_is_added_where_nobody_waits_for_it(
    context: Context, conversation: Conversation, raised: BaseException, payload: Any
) -> None:
    with pytest.raises(type(raised)), TellingOfBugs(context, payload):
        raise raised

    assert conversation.said == []

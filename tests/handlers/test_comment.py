"""Commands on a branch that nobody here can push to, and commands that come a second time."""

from dataclasses import dataclass, field, replace
from typing import Any

import pytest

from bot.core.commands.registry import Job
from bot.core.pull_request import Comment, PullRequest
from bot.handlers.commands import ACTS
from bot.handlers.comment import Following, Said, answer
from bot.handlers.context import Context
from tests.handlers.conftest import NOON
from tests.sample_pull import PULL


@dataclass
class Conversation:
    """A pull request from a fork, one comment on it, and what was answered."""

    asked: str
    said: list[str] = field(default_factory=list)
    reactions: list[str] = field(default_factory=list)

    def comment(self, comment_id: int) -> Comment:
        return Comment(
            comment_id, "lise", by_bot=False, body=self.asked, created_at=NOON, edited=False
        )

    def pull(self, number: int) -> PullRequest:
        return replace(
            PULL,
            number=number,
            title="From a fork",
            author="eve",
            head="0" * 40,
            head_branch="main",
            base="0" * 40,
            from_fork=True,
            created_at=NOON,
        )

    def react(self, comment_id: int, reaction: str) -> None:
        del comment_id
        self.reactions.append(reaction)

    def has_reacted(self, comment_id: int, reaction: str) -> bool:
        del comment_id
        return reaction in self.reactions

    def upsert_comment(self, number: int, marker: str, body: str) -> str:
        del number, marker
        self.said.append(body)
        return ""


def reply_to(context: Context, text: str) -> str:
    conversation = Conversation(text)
    hosting: Any = conversation
    answer(replace(context, hosting=hosting), Said(7, 11, text), Job.COMMAND, ACTS)
    assert conversation.reactions == ["eyes", "confused"]
    return conversation.said[-1]


@pytest.mark.parametrize(
    ("text", "local"),
    [
        pytest.param("/bump 1.5.1", "envbot bump --to 1.5.1", id="all"),
        pytest.param(
            "/bump 1.5.1 --circuits P001/* --from 1.4.9",
            "envbot bump --to 1.5.1 --circuits P001/* --from 1.4.9",
            id="some",
        ),
    ],
)
def test_a_bump_of_a_fork_names_the_command_for_a_clone(
    context: Context, text: str, local: str
) -> None:
    reply = reply_to(context, text)

    assert "FORK_PR" in reply
    assert f"In a clone, `{local}` edits" in reply


def test_other_commands_on_a_fork_have_nothing_to_run_in_a_clone(context: Context) -> None:
    reply = reply_to(context, "/promote registry")

    assert "FORK_PR" in reply
    assert "In a clone" not in reply


def test_what_was_done_is_not_refused_when_its_event_comes_again(context: Context) -> None:
    conversation = Conversation("/promote registry", reactions=["eyes", "rocket"])
    hosting: Any = conversation

    said = Said(7, 11, conversation.asked)
    answer(replace(context, hosting=hosting), said, Job.COMMAND, ACTS)

    assert conversation.said == []
    assert conversation.reactions == ["eyes", "rocket", "eyes"]


@dataclass
class Carried(Conversation):
    """A branch of this repository, whose command has been carried out or not."""

    is_done: bool = False

    def pull(self, number: int) -> PullRequest:
        return replace(super().pull(number), from_fork=False)

    def permission(self, login: str) -> str:
        del login
        return "write"

    def has_reacted(self, comment_id: int, reaction: str) -> bool:
        return self.is_done and (comment_id, reaction) == (11, "rocket")


@pytest.mark.parametrize(
    ("is_done", "said"),
    [
        pytest.param(False, ["⏳ `/promote` is queued."], id="the first time"),
        pytest.param(True, [], id="once more, after its end"),
    ],
)
def test_a_command_is_called_queued_until_it_is_done(
    context: Context, is_done: bool, said: list[str]
) -> None:
    conversation = Carried("/promote registry", is_done=is_done)
    hosting: Any = conversation
    asked = Said(7, 11, conversation.asked)

    following = answer(replace(context, hosting=hosting), asked, Job.COMMAND, ACTS)

    assert following == Following(Job.CLOUD)
    assert [text.splitlines()[-1] for text in conversation.said] == said

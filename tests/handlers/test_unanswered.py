"""Which commands the schedule takes up, what it asks for that, and what must follow."""

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from bot.core.commands.registry import Job
from bot.core.pull_request import Comment, ListedComment, PullRequest
from bot.core.render import marker
from bot.errors import BotError
from bot.handlers.context import Context
from bot.handlers.event import answer_event
from bot.handlers.unanswered import WINDOW, answer_unanswered, taken_up
from tests.handlers.conftest import NOON
from tests.sample_pull import PULL

BOT = "github-actions[bot]"
HOUR = timedelta(hours=1)
ASKED = 11


def comment(body: str, **other: Any) -> Comment:
    said: dict[str, Any] = {"by_bot": False, "created_at": NOON - HOUR, "edited": False}
    return Comment(**{"id": ASKED, "author": "lise", "body": body, **said, **other})


@dataclass
class Conversation:
    """One pull request, what was said on it, and how much of GitHub was asked."""

    said: list[Comment]
    edited_in_its_second: bool = False
    away: bool = False
    no_pulls: bool = False
    broken: bool = False
    pushed: datetime | None = None
    writers: tuple[str, ...] = ("lise", "marie")
    calls: list[str] = field(default_factory=list)
    replies: dict[str, str] = field(default_factory=dict)
    reactions: list[tuple[int, str]] = field(default_factory=list)
    login: str = BOT

    def comments_since(self, moment: datetime) -> tuple[ListedComment, ...]:
        self.calls.append("list")
        if self.away:
            raise BotError("GitHub is away.")
        assert moment == NOON - WINDOW
        eyes = {one for one, reaction in self.reactions if reaction == "eyes"}
        return tuple(ListedComment(7, one, one.id in eyes, str(one.id)) for one in self.said)

    def was_ever_edited(self, node: str) -> bool:
        self.calls.append(f"edited {node}")
        return self.edited_in_its_second

    def has_reacted(self, comment_id: int, reaction: str) -> bool:
        self.calls.append(f"reacted {comment_id}")
        return (comment_id, reaction) in self.reactions

    def comment(self, comment_id: int) -> Comment | None:
        return next((one for one in self.said if one.id == comment_id), None)

    def pull(self, number: int) -> PullRequest:
        return replace(
            PULL,
            number=number,
            title="One of ours",
            author="ada",
            head="0" * 40,
            head_branch="logging",
            base="0" * 40,
            created_at=NOON,
        )

    def open_pulls(self) -> tuple[PullRequest, ...]:
        if self.no_pulls:
            raise BotError("GitHub is away.")
        return ()

    def last_push(self, number: int) -> datetime | None:
        del number
        return self.pushed

    def permission(self, login: str) -> str:
        if self.broken:
            raise ZeroDivisionError
        return "write" if login in self.writers else "none"

    def react(self, comment_id: int, reaction: str) -> None:
        self.reactions.append((comment_id, reaction))

    def upsert_comment(self, number: int, mark: str, body: str) -> str:
        assert number == 7
        self.replies[mark] = body
        return ""


def at(context: Context, conversation: Conversation, **other: Any) -> Context:
    hosting: Any = conversation
    return replace(context, hosting=hosting, **other)


def test_a_command_that_nobody_answered_is_answered(context: Context) -> None:
    talk = Conversation([comment("/help")])

    late = answer_unanswered(at(context, talk))

    assert late.done
    assert "`/help [VERB]`" in talk.replies[marker.reply(ASKED)]
    assert talk.reactions == [(ASKED, "eyes"), (ASKED, "rocket")]


def test_with_nothing_to_answer_one_request_is_made(context: Context) -> None:
    words = [comment("a word", id=number) for number in range(50)]
    talk = Conversation([*words, comment("/help", created_at=NOON - timedelta(minutes=1))])

    late = answer_unanswered(at(context, talk))

    assert late.done
    assert talk.calls == ["list"]
    assert talk.replies == {}


@pytest.mark.parametrize(
    "said",
    [
        pytest.param(comment("/help", by_bot=True), id="of a bot"),
        pytest.param(comment("/help", edited=True), id="edited"),
        pytest.param(comment("/deploy now"), id="of another bot's"),
        pytest.param(comment("> /help"), id="quoted"),
        pytest.param(comment("\n/help"), id="for which no event starts a job"),
        pytest.param(comment("/help", created_at=NOON - WINDOW - HOUR), id="too old"),
        pytest.param(comment("/help", created_at=NOON - timedelta(minutes=14)), id="too young"),
    ],
)
def test_what_its_event_would_not_do_or_may_still_do_is_left_alone(
    context: Context, said: Comment
) -> None:
    talk = Conversation([said])

    answer_unanswered(at(context, talk))

    assert talk.calls == ["list"]
    assert talk.reactions == []


def test_what_has_a_reply_is_known_without_asking(context: Context) -> None:
    reply = comment(f"{marker.reply(ASKED)}\ndone", id=12, author=BOT, by_bot=True)
    talk = Conversation([comment("/help"), reply], reactions=[(ASKED, "eyes")])

    answer_unanswered(at(context, talk))

    assert talk.calls == ["list"]


def test_a_reply_that_somebody_else_wrote_is_none(context: Context) -> None:
    forged = comment(f"{marker.reply(ASKED)}\ndone", id=12, author="mallory")
    talk = Conversation([comment("/help"), forged])

    answer_unanswered(at(context, talk))

    assert (ASKED, "rocket") in talk.reactions


def test_what_the_bot_has_seen_is_being_answered(context: Context) -> None:
    talk = Conversation([comment("/help")], reactions=[(ASKED, "eyes")])

    answer_unanswered(at(context, talk))

    assert talk.calls == ["list", f"reacted {ASKED}"]
    assert talk.replies == {}


def test_a_second_schedule_adds_nothing(context: Context) -> None:
    talk = Conversation([comment("/help")])
    answer_unanswered(at(context, talk))
    answered = [*talk.reactions]

    answer_unanswered(at(context, talk))

    assert talk.reactions == answered


def test_a_text_that_may_be_somebody_elses_is_not_carried_out(context: Context) -> None:
    talk = Conversation([comment("/promote registry")], edited_in_its_second=True)

    late = answer_unanswered(at(context, talk))

    assert not late.left_to(Job.CLOUD)
    assert talk.reactions == []


def test_a_command_for_the_cloud_is_queued_and_handed_on(context: Context) -> None:
    policy = context.rules.policy
    member = min(policy.groups[policy.gates.registry.groups[0]])
    talk = Conversation([comment("/promote registry", author=member)], writers=(member,))

    late = answer_unanswered(at(context, talk))

    assert late.left_to(Job.CLOUD) == f"7/{ASKED}"
    assert (late.left_to(Job.APPLY), late.candidates) == ("", "")
    assert "queued" in talk.replies[marker.reply(ASKED)]


def test_whoever_may_not_is_refused_as_ever(context: Context) -> None:
    talk = Conversation([comment("/promote registry", author="mallory")])

    late = answer_unanswered(at(context, talk))

    assert "PERM_DENIED" in talk.replies[marker.reply(ASKED)]
    assert not late.left_to(Job.CLOUD)


def test_what_was_given_again_and_answered_is_not_done_once_more(context: Context) -> None:
    again = comment("/help bump", id=12)
    reply = comment(f"{marker.reply(12)}\ndone", id=13, author=BOT, by_bot=True)
    talk = Conversation([comment("/help"), again, reply])

    answer_unanswered(at(context, talk))

    assert "CMD_REPEATED" in talk.replies[marker.reply(ASKED)]
    assert talk.reactions == [(ASKED, "eyes"), (ASKED, "confused")]


def test_a_bump_is_not_made_over_what_somebody_pushed_since(context: Context) -> None:
    talk = Conversation([comment("/bump 1.5.1")], pushed=NOON - HOUR / 2)

    answer_unanswered(at(context, talk))

    assert "HEAD_MOVED" in talk.replies[marker.reply(ASKED)]


def test_an_earlier_answer_to_the_same_command_takes_no_place(context: Context) -> None:
    earlier = comment("/help bump", id=9)
    reply = comment(f"{marker.reply(9)}\ndone", id=10, author=BOT, by_bot=True)
    talk = Conversation([earlier, reply, comment("/help")])

    answer_unanswered(at(context, talk))

    assert (ASKED, "rocket") in talk.reactions


def test_the_jobs_that_follow_are_told_even_where_the_rest_failed(context: Context) -> None:
    talk = Conversation([comment("/help")], no_pulls=True)

    answered = answer_event(at(context, talk), "schedule", "schedule", {})

    assert not answered.done
    assert answered.outputs["cloud_commands"] == ""
    assert (ASKED, "rocket") in talk.reactions


def test_a_list_that_cannot_be_had_is_told(context: Context) -> None:
    assert not answer_unanswered(at(context, Conversation([], away=True))).done


def test_a_job_goes_on_with_the_comments_as_their_events_would_have_come(context: Context) -> None:
    talk = Conversation(
        [comment("/retry"), comment("/retry", id=12, edited=True), comment("/retry", id=13)]
    )

    events = list(taken_up(at(context, talk, commands=((7, ASKED), (7, 12), (7, 99)))))

    assert events == [
        {
            "action": "created",
            "issue": {"number": 7, "pull_request": {}},
            "comment": {"id": ASKED, "body": "/retry", "user": {"login": "lise"}},
        }
    ]


def test_an_apply_for_a_command_is_made_by_whoever_may_give_it_alone(context: Context) -> None:
    talk = Conversation([comment("/retry", author="mallory")])

    # There is no Azure here: an apply that nobody may ask for must not be made all the same.
    answered = answer_event(at(context, talk, commands=((7, ASKED),)), "apply", "schedule", {})

    assert answered.done
    assert "PERM_DENIED" in talk.replies[marker.reply(ASKED)]


def test_a_bug_is_told_to_whoever_waits_for_an_answer(context: Context) -> None:
    talk = Conversation([comment("/help")], broken=True)

    with pytest.raises(ZeroDivisionError):
        answer_unanswered(at(context, talk))

    assert "a bug in envbot" in talk.replies[marker.reply(ASKED)]
    assert (ASKED, "-1") in talk.reactions

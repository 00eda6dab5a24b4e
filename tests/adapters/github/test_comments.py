"""Comments, the one that the bot keeps up to date, and reactions."""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from bot.adapters.github import GitHubHosting
from bot.errors import BotError
from bot.sandbox.github import conversation
from bot.sandbox.github.accounts import Caller
from tests.adapters.github.scripted import Answer, Scripted

if TYPE_CHECKING:
    from tests.adapters.github.conftest import Desk

MARK = "<!-- envbot:v1 kind=summary -->"
BOT = "envbot[bot]"


def test_a_comment_is_created_where_there_is_none(desk: "Desk") -> None:
    number = desk.open_pull()

    calls = desk.cost(lambda: desk.hosting.upsert_comment(number, MARK, f"{MARK}\nhello"))

    comments = f"/issues/{number}/comments"
    assert desk.comments(number) == [(BOT, f"{MARK}\nhello")]
    assert calls == [f"GET {comments}", f"POST {comments}", f"GET {comments}"]


def test_a_comment_that_reads_so_already_is_not_written(desk: "Desk") -> None:
    number = desk.open_pull()
    created = desk.hosting.upsert_comment(number, MARK, f"{MARK}\nhello")

    calls = desk.cost(lambda: desk.hosting.upsert_comment(number, MARK, f"{MARK}\nhello"))

    assert calls == [f"GET /issues/{number}/comments"]
    assert desk.hosting.upsert_comment(number, MARK, f"{MARK}\nhello") == created


def test_a_comment_that_reads_otherwise_is_edited_in_place(desk: "Desk") -> None:
    number = desk.open_pull()
    created = desk.hosting.upsert_comment(number, MARK, f"{MARK}\nbefore")

    calls = desk.cost(lambda: desk.hosting.upsert_comment(number, MARK, f"{MARK}\nafter"))

    assert desk.comments(number) == [(BOT, f"{MARK}\nafter")]
    assert [call.split(" ")[0] for call in calls] == ["GET", "PATCH"]
    assert desk.hosting.upsert_comment(number, MARK, f"{MARK}\nafter") == created


@pytest.mark.parametrize(
    ("login", "body"),
    [
        pytest.param("mallory", f"{MARK}\nforged", id="by another author"),
        pytest.param(BOT, f"> {MARK}\nquoted", id="not at the start"),
        pytest.param(BOT, "<!-- envbot:v1 kind=reply comment=1 -->", id="another marker"),
    ],
)
def test_a_comment_that_is_not_the_one_is_left_alone(desk: "Desk", login: str, body: str) -> None:
    number = desk.open_pull()
    desk.say(number, body, login)

    desk.hosting.upsert_comment(number, MARK, f"{MARK}\nhello")

    assert desk.comments(number) == [(login, body), (BOT, f"{MARK}\nhello")]


def test_the_bot_knows_itself_whatever_the_case_of_its_login(desk: "Desk") -> None:
    number = desk.open_pull()
    desk.say(number, f"{MARK}\nhello", BOT)
    desk.hub.store.change("UPDATE comments SET author = ? WHERE author = ?", "EnvBot[bot]", BOT)

    desk.hosting.upsert_comment(number, MARK, f"{MARK}\nhello")

    assert len(desk.comments(number)) == 1


CALL = "<!-- envbot:v1 kind=call "
ONE, OTHER = f"{CALL}state=waiting -->", f"{CALL}state=expired -->"


def test_of_one_kind_only_the_comment_that_is_asked_for_is_kept(desk: "Desk") -> None:
    number = desk.open_pull()
    desk.hosting.upsert_comment(number, MARK, MARK)

    assert desk.hosting.keep_only(number, CALL, ONE, f"{ONE}\nhello")
    assert desk.hosting.keep_only(number, CALL, OTHER, f"{OTHER}\nhello")

    assert desk.comments(number) == [(BOT, MARK), (BOT, f"{OTHER}\nhello")]


def test_one_that_is_there_is_edited_and_not_written_anew(desk: "Desk") -> None:
    number = desk.open_pull()
    desk.hosting.keep_only(number, CALL, ONE, f"{ONE}\nbefore")

    assert not desk.hosting.keep_only(number, CALL, ONE, f"{ONE}\nafter")

    assert desk.comments(number) == [(BOT, f"{ONE}\nafter")]
    calls = desk.cost(lambda: desk.hosting.keep_only(number, CALL, ONE, f"{ONE}\nafter"))
    assert calls == [f"GET /issues/{number}/comments"]


def test_without_a_marker_none_of_the_kind_is_kept_but_what_others_wrote(desk: "Desk") -> None:
    number = desk.open_pull()
    desk.say(number, f"{ONE}\nforged", "mallory")
    desk.hosting.keep_only(number, CALL, ONE, f"{ONE}\nhello")

    desk.hosting.keep_only(number, CALL)

    assert desk.comments(number) == [("mallory", f"{ONE}\nforged")]


def test_of_several_comments_the_oldest_stays(desk: "Desk") -> None:
    number = desk.open_pull()
    for body in ("one", "two", "three"):
        desk.say(number, f"{MARK}\n{body}", BOT)
    url = desk.hosting.upsert_comment(number, MARK, f"{MARK}\nfour")

    assert desk.comments(number) == [(BOT, f"{MARK}\nfour")]
    assert desk.hosting.upsert_comment(number, MARK, f"{MARK}\nfour") == url


def test_two_runs_that_both_create_leave_one_comment(desk: "Desk") -> None:
    number = desk.open_pull()
    other = f"{MARK}\nof the other run"
    desk.before(f"POST /issues/{number}/comments", lambda: _ignore(desk.say(number, other, BOT)))

    desk.hosting.upsert_comment(number, MARK, f"{MARK}\nours")

    assert desk.comments(number) == [(BOT, f"{MARK}\nours")]


def test_a_duplicate_that_another_run_deletes_first_is_no_failure(desk: "Desk") -> None:
    number = desk.open_pull()
    desk.say(number, f"{MARK}\nhello", BOT)
    younger = desk.say(number, f"{MARK}\nhello", BOT)
    desk.before(
        f"DELETE /issues/comments/{younger}",
        lambda: conversation.delete_comment(desk.hub, desk.repository, Caller(BOT), younger),
    )

    desk.hosting.upsert_comment(number, MARK, f"{MARK}\nhello")

    assert len(desk.comments(number)) == 1


def test_the_bots_comment_is_found_beyond_the_first_hundred(desk: "Desk") -> None:
    number = desk.open_pull()
    for _ in range(101):
        desk.say(number, "chatter")
    desk.say(number, f"{MARK}\nhello", BOT)

    calls = desk.cost(lambda: desk.hosting.upsert_comment(number, MARK, f"{MARK}\nhello"))

    assert calls == [f"GET /issues/{number}/comments"] * 2
    assert len(desk.comments(number)) == 102


def test_a_body_that_is_too_long_is_a_failure_with_githubs_reason(desk: "Desk") -> None:
    number = desk.open_pull()

    with pytest.raises(BotError, match=r"write a comment on #\d+: 422 .*65536 characters"):
        desk.hosting.upsert_comment(number, MARK, MARK + "x" * 65_536)


def test_a_comment_is_read_with_one_call(desk: "Desk") -> None:
    asked = desk.say(desk.open_pull(), "/help", "marie")

    comment = desk.hosting.comment(asked)

    assert comment is not None
    assert (comment.id, comment.author, comment.body) == (asked, "marie", "/help")
    assert (comment.by_bot, comment.edited) == (False, False)
    assert desk.cost(lambda: desk.hosting.comment(asked)) == [f"GET /issues/comments/{asked}"]


def test_a_comment_by_a_bot_is_known_as_one(desk: "Desk") -> None:
    asked = desk.say(desk.open_pull(), "/help", BOT)

    comment = desk.hosting.comment(asked)

    assert comment is not None
    assert comment.by_bot


def test_an_edit_in_a_later_second_shows(desk: "Desk") -> None:
    asked = desk.say(desk.open_pull(), "hello")
    created = desk.hosting.comment(asked)
    assert created is not None
    later = f"{_utc(created.created_at + timedelta(seconds=1))}"
    desk.hub.store.change("UPDATE comments SET updated_at = ? WHERE id = ?", later, asked)

    comment = desk.hosting.comment(asked)

    assert comment is not None
    assert comment.edited


def test_a_deleted_comment_is_none(desk: "Desk") -> None:
    asked = desk.say(desk.open_pull(), "/help")
    conversation.delete_comment(desk.hub, desk.repository, Caller("ada"), asked)

    assert desk.hosting.comment(asked) is None


def test_a_repeated_reaction_changes_nothing(desk: "Desk") -> None:
    asked = desk.say(desk.open_pull(), "/help")

    calls = desk.cost(lambda: desk.hosting.react(asked, "eyes"))
    desk.hosting.react(asked, "eyes")

    given = conversation.reactions_to(desk.hub, asked)
    assert [(row["login"], row["content"]) for row in given] == [(BOT, "eyes")]
    assert calls == [f"POST /issues/comments/{asked}/reactions"]


def test_a_comment_whose_author_is_gone_is_nobodys(
    scripted_hosting: GitHubHosting, script: Scripted
) -> None:
    moment = "2026-01-05T08:00:00Z"
    gone = {"id": 1, "body": "/help", "user": None, "created_at": moment, "updated_at": moment}
    script.answers = [Answer(200, gone)]

    comment = scripted_hosting.comment(1)

    assert comment is not None
    assert (comment.author, comment.by_bot) == ("ghost", False)


def test_comments_are_listed_oldest_first(desk: "Desk") -> None:
    number = desk.open_pull()
    first, second = desk.say(number, "/status"), desk.say(number, "Thanks.", "lise")

    found = desk.hosting.comments(number)

    assert [(one.id, one.author, one.edited) for one in found] == [
        (first, "ada", False),
        (second, "lise", False),
    ]


def test_only_the_bots_own_reaction_is_one(desk: "Desk") -> None:
    number = desk.open_pull()
    asked = desk.say(number, "/status")
    desk.hosting_as("lise").react(asked, "rocket")

    assert not desk.hosting.has_reacted(asked, "rocket")

    desk.hosting.react(asked, "rocket")
    assert desk.hosting.has_reacted(asked, "rocket")
    assert not desk.hosting.has_reacted(asked, "eyes")


def _ignore(_: object) -> None:
    """Return nothing, as a hook does."""


def _utc(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")

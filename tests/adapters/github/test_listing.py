"""The comments of the whole repository in one request, and edits that REST does not show."""

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from bot.sandbox.github import conversation
from bot.sandbox.github.accounts import Caller

if TYPE_CHECKING:
    from tests.adapters.github.conftest import Desk

BOT = "envbot[bot]"


def an_hour_ago() -> datetime:
    return datetime.now(UTC) - timedelta(hours=1)


def test_the_comments_of_all_pull_requests_cost_one_request(desk: "Desk") -> None:
    first, second = desk.open_pull(), desk.open_pull()
    asked, other = desk.say(second, "/status", "lise"), desk.say(first, "a word")
    moment = an_hour_ago()

    found = desk.hosting.comments_since(moment)

    assert [(one.number, one.comment.id, one.comment.author) for one in found] == [
        (second, asked, "lise"),
        (first, other, "ada"),
    ]
    assert desk.cost(lambda: desk.hosting.comments_since(moment)) == ["GET /issues/comments"]


def test_a_comment_from_before_is_not_listed(desk: "Desk") -> None:
    desk.say(desk.open_pull(), "/status")

    assert desk.hosting.comments_since(datetime.now(UTC) + timedelta(hours=1)) == ()


def test_it_is_told_whether_anybody_has_put_eyes_on_a_comment(desk: "Desk") -> None:
    asked = desk.say(desk.open_pull(), "/status")
    before = desk.hosting.comments_since(an_hour_ago())

    desk.hosting_as("lise").react(asked, "eyes")

    after = desk.hosting.comments_since(an_hour_ago())
    assert [one.has_eyes for one in (*before, *after)] == [False, True]


def test_an_edit_in_the_second_of_writing_shows_when_it_is_asked_for(desk: "Desk") -> None:
    asked = desk.say(desk.open_pull(), "a word", "lise")
    (before,) = desk.hosting.comments_since(an_hour_ago())
    written = desk.hosting.was_ever_edited(before.node)

    conversation.edit_comment(desk.hub, desk.repository, Caller("marie"), asked, "/promote")
    desk.hub.store.change("UPDATE comments SET updated_at = created_at WHERE id = ?", asked)

    (after,) = desk.hosting.comments_since(an_hour_ago())
    assert not after.comment.edited
    assert (written, desk.hosting.was_ever_edited(after.node)) == (False, True)


def test_a_comment_that_was_deleted_counts_as_edited(desk: "Desk") -> None:
    asked = desk.say(desk.open_pull(), "/status")
    (one,) = desk.hosting.comments_since(an_hour_ago())

    conversation.delete_comment(desk.hub, desk.repository, Caller("ada"), asked)

    assert desk.hosting.was_ever_edited(one.node)

"""Pull requests, reviews and who pushed, read through the real PyGithub."""

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from bot.errors import BotError

if TYPE_CHECKING:
    from tests.adapters.github.conftest import Desk


def test_a_pull_request_is_read_with_one_call(desk: "Desk") -> None:
    number = desk.open_pull(author="ada")

    calls = desk.cost(lambda: desk.hosting.pull(number))

    assert calls == [f"GET /pulls/{number}"]


def test_an_open_pull_request_has_neither_a_merge_nor_its_commit(desk: "Desk") -> None:
    number = desk.open_pull(author="ada")

    pull = desk.hosting.pull(number)

    assert (pull.number, pull.author, pull.base_branch) == (number, "ada", "main")
    assert pull.head == desk.repository.git.find(f"refs/heads/{pull.head_branch}")
    assert pull.base == desk.repository.git.find("refs/heads/main")
    assert (pull.open, pull.draft, pull.from_fork) == (True, False, False)
    assert (pull.merged_at, pull.merge_commit) == (None, None)


def test_a_merged_pull_request_names_the_commit_on_main(desk: "Desk") -> None:
    number = desk.open_pull()
    commit = desk.merge(number)

    pull = desk.hosting.pull(number)

    assert (pull.open, pull.merge_commit) == (False, commit)
    assert pull.merged_at is not None
    assert timedelta(0) <= datetime.now(UTC) - pull.merged_at < timedelta(minutes=1)


def test_a_draft_is_one(desk: "Desk") -> None:
    assert desk.hosting.pull(desk.open_pull(draft=True)).draft


def test_a_pull_request_that_does_not_exist_is_a_failure(desk: "Desk") -> None:
    with pytest.raises(BotError, match=r"did not let envbot read pull request #99: 404 Not Found"):
        desk.hosting.pull(99)


def test_open_pull_requests_come_oldest_first_in_one_call(desk: "Desk") -> None:
    first, merged, second = (desk.open_pull() for _ in range(3))
    desk.merge(merged)

    assert [pull.number for pull in desk.hosting.open_pulls()] == [first, second]
    assert desk.cost(desk.hosting.open_pulls) == ["GET /pulls"]


def test_the_pull_requests_of_a_commit_are_found_after_the_merge(desk: "Desk") -> None:
    number = desk.open_pull()
    commit = desk.merge(number)

    found = desk.hosting.pulls_with(commit)

    assert [(pull.number, pull.merge_commit) for pull in found] == [(number, commit)]
    assert desk.cost(lambda: desk.hosting.pulls_with(commit)) == [f"GET /commits/{commit}/pulls"]


def test_reviews_keep_their_order_and_the_commit_they_are_for(desk: "Desk") -> None:
    number = desk.open_pull(author="ada")
    head = desk.hosting.pull(number).head
    desk.review(number, "marie", "REQUEST_CHANGES")
    desk.review(number, "grace")

    found = desk.hosting.reviews(number)

    assert [(it.login, it.state, it.commit) for it in found] == [
        ("marie", "CHANGES_REQUESTED", head),
        ("grace", "APPROVED", head),
    ]
    assert all(it.submitted_at.tzinfo for it in found)


def test_reviews_beyond_the_first_hundred_are_read(desk: "Desk") -> None:
    number = desk.open_pull(author="ada")
    for _ in range(101):
        desk.review(number, "marie", "COMMENT")
    desk.review(number, "marie")

    calls = desk.cost(lambda: desk.hosting.reviews(number))

    assert desk.hosting.reviews(number)[-1].state == "APPROVED"
    assert calls == [f"GET /pulls/{number}/reviews"] * 2


def test_a_review_that_was_not_sent_is_none(desk: "Desk") -> None:
    number = desk.open_pull(author="ada")
    issue = desk.hub.store.rows("SELECT id FROM issues ORDER BY id DESC")[0]["id"]
    desk.hub.store.insert(
        "reviews", issue=issue, author="marie", state="PENDING", body="", commit_id="0" * 40
    )

    assert desk.hosting.reviews(number) == ()


def test_a_pull_request_is_opened_with_one_call(desk: "Desk") -> None:
    desk.commit("back", "ada")

    assert desk.cost(lambda: desk.hosting.open_pull("back", "main", "Go back", "Why")) == [
        "POST /pulls"
    ]
    (pull,) = desk.hosting.open_pulls()
    assert (pull.title, pull.head_branch, pull.base_branch) == ("Go back", "back", "main")


def test_a_pull_request_that_is_open_already_is_returned(desk: "Desk") -> None:
    desk.commit("back", "ada")
    first = desk.hosting.open_pull("back", "main", "Go back", "Why")

    assert desk.hosting.open_pull("back", "main", "Go back again", "Why") == first


def test_a_pull_request_from_nowhere_is_a_failure(desk: "Desk") -> None:
    with pytest.raises(BotError, match="did not let envbot open a pull request from nowhere: 422"):
        desk.hosting.open_pull("nowhere", "main", "Go back", "Why")


def test_a_commit_can_be_made_in_the_name_of_a_person(desk: "Desk") -> None:
    address = desk.hosting.address("ada")
    number, _, rest = address.partition("+")

    assert number.isdecimal()
    assert rest == "ada@users.noreply.127.0.0.1"


def test_a_repository_that_lets_no_workflow_open_pull_requests_says_so(desk: "Desk") -> None:
    desk.commit("back", "ada")
    desk.hub.change_settings(desk.repository, {"actions_open_pulls": False})

    with pytest.raises(BotError, match="403 GitHub Actions is not permitted to create"):
        desk.hosting.open_pull("back", "main", "Go back", "Why")

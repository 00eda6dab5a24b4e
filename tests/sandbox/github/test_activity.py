"""Who moved which branch, when, as the repository's activities tell it."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from github import GithubException

from bot.sandbox.github.accounts import token_of

if TYPE_CHECKING:
    from tests.sandbox.github.conftest import Desk

ZERO = "0" * 40
Items = list[dict[str, Any]]


def _ask(desk: "Desk", token: str = "", url: str = "", **query: object) -> tuple[Items, str]:
    """Return a page of activities and its Link header."""
    requester = desk.client(token or token_of("ada")).requester
    address = url or f"/repos/{desk.name}/activity"
    headers, items = requester.requestJsonAndCheck("GET", address, parameters=query or None)
    return items, headers.get("link", "")


def _told(items: Items) -> list[tuple[str, str, str]]:
    return [(it["activity_type"], it["ref"], it["actor"]["login"]) for it in items]


def _linked(link: str, rel: str) -> str:
    """Return the address that a Link header names `rel`, or an empty text."""
    found = (part.partition(">") for part in link.split(", "))
    return next((it.removeprefix("<") for it, _, tail in found if f'rel="{rel}"' in tail), "")


def test_a_repository_that_was_only_seeded_has_none(desk: "Desk") -> None:
    assert _ask(desk) == ([], "")


def test_pushes_come_newest_first_with_their_commits(desk: "Desk") -> None:
    first = desk.push_branch("feature", {"a.txt": "a\n"})
    second = desk.push_branch("feature", {"b.txt": "b\n"})

    items, _ = _ask(desk)

    assert _told(items) == [
        ("push", "refs/heads/feature", "ada"),
        ("branch_creation", "refs/heads/feature", "ada"),
    ]
    assert [(it["before"], it["after"]) for it in items] == [(first, second), (ZERO, first)]
    assert datetime.fromisoformat(items[0]["timestamp"]).tzinfo == UTC


def test_the_actor_is_whose_token_pushed_whatever_the_commits_say(
    desk: "Desk", git: Callable[..., str]
) -> None:
    place = desk.clone(token_of("grace"))
    forged = ["-c", "user.name=marie", "-c", "user.email=marie@users.noreply.github.com"]
    git(place, *forged, "commit", "-q", "--allow-empty", "-m", "Pretend")

    git(place, "push", "-q", "origin", "HEAD:refs/heads/feature")

    assert _told(_ask(desk)[0]) == [("branch_creation", "refs/heads/feature", "grace")]


def test_a_job_pushes_as_a_bot(desk: "Desk") -> None:
    desk.push_branch("feature", {"a.txt": "a\n"}, desk.job_token(contents="write"))

    actor = _ask(desk)[0][0]["actor"]

    assert (actor["login"], actor["type"]) == ("github-actions[bot]", "Bot")


def test_a_push_that_drops_commits_is_forced(desk: "Desk", git: Callable[..., str]) -> None:
    desk.push_branch("feature", {"a.txt": "a\n"})
    place = desk.clone()
    git(place, "commit", "-q", "--allow-empty", "-m", "Instead")

    git(place, "push", "-q", "--force", "origin", "HEAD:feature")

    assert _told(_ask(desk)[0])[0] == ("force_push", "refs/heads/feature", "ada")


def test_the_merge_of_a_pull_request_moves_its_base(desk: "Desk") -> None:
    desk.settings(required_statuses=[])
    number = desk.open_pull().number

    desk.repository("grace").get_pull(number).merge()

    assert _told(_ask(desk)[0])[0] == ("pr_merge", "refs/heads/main", "grace")


def test_refs_moved_by_rest_are_told_alike(desk: "Desk") -> None:
    repository = desk.repository("marie")
    main = repository.get_git_ref("heads/main").object.sha

    repository.create_git_ref("refs/heads/feature", main)
    repository.get_git_ref("heads/feature").delete()

    assert _told(_ask(desk)[0]) == [
        ("branch_deletion", "refs/heads/feature", "marie"),
        ("branch_creation", "refs/heads/feature", "marie"),
    ]


def test_refs_that_are_no_branches_are_not_told(desk: "Desk", git: Callable[..., str]) -> None:
    place = desk.clone()

    git(place, "push", "-q", "origin", "HEAD:refs/envbot/journal", "HEAD:refs/tags/v1")

    assert _ask(desk)[0] == []


def test_a_declined_push_is_not_told(desk: "Desk", git: Callable[..., str]) -> None:
    place = desk.clone()
    git(place, "commit", "-q", "--allow-empty", "-m", "Sneak")

    with pytest.raises(AssertionError, match="GH006"):
        git(place, "push", "-q", "origin", "HEAD:main")

    assert _ask(desk)[0] == []


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        pytest.param({"ref": "refs/heads/one"}, ["one"], id="ref in full"),
        pytest.param({"ref": "one"}, ["one"], id="name of a branch"),
        pytest.param({"ref": "on"}, [], id="beginning of a name"),
        pytest.param({"actor": "Marie"}, ["two"], id="actor, whatever the case"),
        pytest.param({"activity_type": "branch_creation"}, ["two", "one"], id="type"),
        pytest.param({"activity_type": "push"}, [], id="another type"),
        pytest.param({"direction": "asc"}, ["one", "two"], id="oldest first"),
        pytest.param({"time_period": "day"}, ["two"], id="since yesterday"),
        pytest.param({"time_period": "week"}, ["two", "one"], id="since last week"),
    ],
)
def test_the_query_selects(desk: "Desk", query: dict[str, str], expected: list[str]) -> None:
    desk.push_branch("one", {"a.txt": "a\n"})
    long_ago = (datetime.now(UTC) - timedelta(days=2)).strftime("%Y-%m-%dT%H:%M:%SZ")
    desk.served.hub.store.change("UPDATE activities SET at = ?", long_ago)
    desk.push_branch("two", {"a.txt": "a\n"}, token_of("marie"))

    items, _ = _ask(desk, **query)

    assert [it["ref"].removeprefix("refs/heads/") for it in items] == expected


@pytest.mark.parametrize(
    "query",
    [
        pytest.param({"activity_type": "clone"}, id="type"),
        pytest.param({"direction": "up"}, id="direction"),
        pytest.param({"time_period": "decade"}, id="period"),
        pytest.param({"after": "???"}, id="cursor that is none"),
        pytest.param({"before": "djE6MA=="}, id="cursor of another list"),
    ],
)
def test_a_query_that_github_does_not_know_is_refused(desk: "Desk", query: dict[str, str]) -> None:
    with pytest.raises(GithubException) as refused:
        _ask(desk, **query)

    assert refused.value.status == 422


def test_pages_follow_one_another_by_cursor(desk: "Desk") -> None:
    repository = desk.repository()
    main = repository.get_git_ref("heads/main").object.sha
    for number in range(5):
        repository.create_git_ref(f"refs/heads/b{number}", main)
    seen, link = [], "<>"
    url = f"/repos/{desk.name}/activity?per_page=2&actor=ada"
    while url:
        items, link = _ask(desk, url=url)
        seen.append([it["ref"][-2:] for it in items])
        url = _linked(link, "next")

    back = _ask(desk, url=_linked(link, "prev"))

    assert seen == [["b4", "b3"], ["b2", "b1"], ["b0"]]
    assert [it["ref"][-2:] for it in back[0]] == ["b2", "b1"]
    assert _linked(back[1], "prev")
    assert _linked(back[1], "next")


def test_a_cursor_stays_where_it_was_when_more_is_pushed(desk: "Desk") -> None:
    repository = desk.repository()
    main = repository.get_git_ref("heads/main").object.sha
    for number in range(3):
        repository.create_git_ref(f"refs/heads/b{number}", main)
    _, link = _ask(desk, per_page=2)
    repository.create_git_ref("refs/heads/late", main)

    items, _ = _ask(desk, url=_linked(link, "next"))

    assert [it["ref"] for it in items] == ["refs/heads/b0"]


def test_a_job_needs_to_read_contents(desk: "Desk") -> None:
    assert _ask(desk, desk.job_token(contents="read")) == ([], "")

    with pytest.raises(GithubException, match="not accessible by integration") as refused:
        _ask(desk, desk.job_token(pull_requests="write"))
    assert refused.value.status == 403

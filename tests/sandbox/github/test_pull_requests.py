"""Pull requests, through the real PyGithub."""

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest
from github import GithubException

if TYPE_CHECKING:
    from tests.sandbox.github.conftest import Desk


def test_a_pull_request_tells_what_it_would_change(desk: "Desk") -> None:
    pull = desk.open_pull()

    assert (pull.state, pull.mergeable, pull.commits, pull.changed_files) == ("open", True, 1, 1)
    assert [file.filename for file in pull.get_files()] == ["feature.txt"]
    assert [file.patch for file in pull.get_files()] == ["@@ -0,0 +1 @@\n+hello"]
    assert [commit.author.login for commit in pull.get_commits()] == ["ada"]


def test_files_come_in_pages(desk: "Desk") -> None:
    desk.push_branch("many", {f"config/{n:03}.yml": f"{n}\n" for n in range(45)})
    pull = desk.repository().create_pull(base="main", head="many", title="Many", body="")

    files = list(desk.repository(per_page=20).get_pull(pull.number).get_files())

    assert [file.filename for file in files] == [f"config/{n:03}.yml" for n in range(45)]


def test_a_rename_names_both_paths(desk: "Desk", git: Callable[..., str]) -> None:
    place = desk.clone()
    git(place, "mv", "README.md", "LIESMICH.md")
    git(place, "commit", "-q", "-m", "Rename")
    git(place, "push", "-q", "origin", "HEAD:renamed")

    pull = desk.repository().create_pull(base="main", head="renamed", title="Rename", body="")
    file = pull.get_files()[0]

    assert (file.status, file.previous_filename, file.filename) == (
        "renamed",
        "README.md",
        "LIESMICH.md",
    )


def test_pushing_to_the_branch_moves_the_pull_request(desk: "Desk") -> None:
    pull = desk.open_pull()

    pushed = desk.push_branch("feature", {"more.txt": "more\n"})
    pull.update()

    assert (pull.head.sha, pull.commits) == (pushed, 2)


def test_the_head_can_be_fetched_by_number(desk: "Desk", git: Callable[..., str]) -> None:
    pull = desk.open_pull()
    place = desk.clone()

    git(place, "fetch", "-q", "origin", f"refs/pull/{pull.number}/head")

    assert git(place, "rev-parse", "FETCH_HEAD").strip() == pull.head.sha


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        pytest.param({}, [2], id="open ones by default"),
        pytest.param({"state": "all"}, [2, 1], id="all, newest first"),
        pytest.param({"state": "closed"}, [1], id="closed"),
        pytest.param({"state": "all", "direction": "asc"}, [1, 2], id="oldest first"),
        pytest.param({"state": "all", "head": "plant:one"}, [1], id="by head"),
        pytest.param({"state": "all", "base": "other"}, [], id="by base"),
        pytest.param(
            {"state": "all", "sort": "updated", "direction": "desc"}, [2, 1], id="by last change"
        ),
    ],
)
def test_lists_what_the_filters_ask_for(
    desk: "Desk", filters: dict[str, str], expected: list[int]
) -> None:
    desk.open_pull("one").edit(state="closed")
    desk.open_pull("two")

    assert [pull.number for pull in desk.repository().get_pulls(**filters)] == expected


def test_finds_the_pull_request_of_a_commit(desk: "Desk") -> None:
    pull = desk.open_pull()
    repository = desk.repository()

    assert [it.number for it in repository.get_commit(pull.head.sha).get_pulls()] == [pull.number]
    assert list(repository.get_commit("main").get_pulls()) == []


@pytest.mark.parametrize(
    ("head", "reason"),
    [
        pytest.param("main", "No commits between", id="nothing differs"),
        pytest.param("absent", "is not a branch", id="no such branch"),
        pytest.param("feature", "already exists", id="open already"),
    ],
)
def test_refuses_to_open_a_pointless_pull_request(desk: "Desk", head: str, reason: str) -> None:
    desk.open_pull("feature")

    with pytest.raises(GithubException, match=reason) as refused:
        desk.repository().create_pull(base="main", head=head, title="T", body="")

    assert refused.value.status == 422


def test_an_approval_names_the_commit_it_was_given_on(desk: "Desk") -> None:
    pull = desk.open_pull()

    desk.repository("marie").get_pull(pull.number).create_review(body="Good.", event="APPROVE")
    desk.push_branch("feature", {"more.txt": "more\n"})

    reviews = [(it.user.login, it.state, it.commit_id) for it in pull.get_reviews()]
    assert reviews == [("marie", "APPROVED", pull.head.sha)]


def test_nobody_approves_their_own_pull_request(desk: "Desk") -> None:
    with pytest.raises(GithubException, match="approve your own") as refused:
        desk.open_pull().create_review(event="APPROVE")

    assert refused.value.status == 422


def test_a_dismissed_approval_says_so(desk: "Desk") -> None:
    pull = desk.open_pull()
    review = desk.repository("marie").get_pull(pull.number).create_review(event="APPROVE")

    review.dismiss("Too early.")

    assert [it.state for it in pull.get_reviews()] == ["DISMISSED"]


def test_title_and_text_can_be_edited(desk: "Desk") -> None:
    pull = desk.open_pull()

    pull.edit(title="Another title", body="Another text")

    read = desk.repository().get_pull(pull.number)
    assert (read.title, read.body) == ("Another title", "Another text")

"""The merge button, through the real PyGithub."""

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest
from github import GithubException

if TYPE_CHECKING:
    from tests.sandbox.github.conftest import Desk


def _approve(desk: "Desk", sha: str) -> None:
    desk.repository().get_commit(sha).create_status("success", context="envbot/release")


def test_a_merge_is_a_commit_with_both_parents(desk: "Desk") -> None:
    pull, repository = desk.open_pull(), desk.repository("grace")
    main = repository.get_git_ref("heads/main").object.sha
    _approve(desk, pull.head.sha)

    merged = repository.get_pull(pull.number).merge()
    pull.update()

    assert (pull.merged, pull.state, pull.merged_by.login) == (True, "closed", "grace")
    assert pull.merge_commit_sha == merged.sha == repository.get_git_ref("heads/main").object.sha
    assert [it.sha for it in repository.get_commit(merged.sha).parents] == [main, pull.head.sha]
    assert [it.number for it in repository.get_commit(merged.sha).get_pulls()] == [pull.number]


def test_a_squash_has_one_parent_and_the_title(desk: "Desk") -> None:
    pull = desk.open_pull()
    _approve(desk, pull.head.sha)

    merged = desk.repository().get_commit(pull.merge(merge_method="squash").sha)

    assert len(merged.parents) == 1
    assert merged.commit.message == f"Add feature (#{pull.number})"


@pytest.mark.parametrize("state", ["pending", "failure", "error"])
def test_waits_for_the_required_status(desk: "Desk", state: str) -> None:
    pull = desk.open_pull()
    desk.repository().get_commit(pull.head.sha).create_status(state, context="envbot/release")

    with pytest.raises(GithubException, match="envbot/release") as refused:
        pull.merge()

    assert refused.value.status == 405


def test_a_status_of_an_earlier_commit_does_not_count(desk: "Desk") -> None:
    pull = desk.open_pull()
    _approve(desk, pull.head.sha)
    desk.push_branch("feature", {"more.txt": "more\n"})

    with pytest.raises(GithubException, match="envbot/release"):
        pull.merge()


def test_refuses_a_head_that_moved(desk: "Desk") -> None:
    pull = desk.open_pull()
    moved = desk.push_branch("feature", {"more.txt": "more\n"})
    _approve(desk, moved)

    with pytest.raises(GithubException) as refused:
        pull.merge(sha=pull.head.sha)

    assert refused.value.status == 409


def test_refuses_a_conflict(desk: "Desk") -> None:
    desk.settings(required_statuses=[])
    for branch in ("one", "two"):
        desk.push_branch(branch, {"README.md": f"{branch}\n"})
    repository = desk.repository()
    first, second = (
        repository.create_pull(base="main", head=branch, title=branch, body="")
        for branch in ("one", "two")
    )
    first.merge()
    second.update()

    assert second.mergeable is False
    with pytest.raises(GithubException, match="conflicts") as refused:
        second.merge()
    assert refused.value.status == 405


def test_those_named_in_the_settings_go_round_the_status(desk: "Desk") -> None:
    pull = desk.open_pull()
    desk.settings(bypass_actors=["grace"])

    assert desk.repository("grace").get_pull(pull.number).merge().merged


def test_an_outsider_may_not_merge(desk: "Desk") -> None:
    pull = desk.open_pull()
    _approve(desk, pull.head.sha)

    with pytest.raises(GithubException) as refused:
        desk.repository("mallory").get_pull(pull.number).merge()

    assert refused.value.status == 403


def test_git_revert_of_a_merge_restores_the_files(desk: "Desk", git: Callable[..., str]) -> None:
    pull = desk.open_pull()
    _approve(desk, pull.head.sha)
    merged = pull.merge().sha
    place = desk.clone()

    git(place, "revert", "-m", "1", "--no-edit", merged)

    assert git(place, "diff", f"{merged}^1", "HEAD") == ""

"""Statuses, refs, deployments and accounts, through the real PyGithub."""

from typing import TYPE_CHECKING

import pytest
import requests
from github import GithubException

from bot.sandbox.github.accounts import token_of

if TYPE_CHECKING:
    from tests.sandbox.github.conftest import Desk


def test_the_newest_status_of_a_context_counts(desk: "Desk") -> None:
    commit = desk.repository().get_commit("main")

    commit.create_status("pending", context="envbot/release", description="waiting")
    commit.create_status("success", context="envbot/release")
    combined = commit.get_combined_status()

    assert (combined.state, combined.total_count) == ("success", 1)
    assert [it.state for it in commit.get_statuses()] == ["success", "pending"]


@pytest.mark.parametrize(
    ("states", "combined"),
    [
        pytest.param([], "pending", id="none"),
        pytest.param(["success", "pending"], "pending", id="one waits"),
        pytest.param(["success", "error", "pending"], "failure", id="one failed"),
    ],
)
def test_one_word_stands_for_all_statuses(desk: "Desk", states: list[str], combined: str) -> None:
    commit = desk.repository().get_commit("main")
    for number, state in enumerate(states):
        commit.create_status(state, context=f"context-{number}")

    assert commit.get_combined_status().state == combined


def test_a_long_description_is_refused(desk: "Desk") -> None:
    commit = desk.repository().get_commit("main")

    commit.create_status("success", description="x" * 140)

    with pytest.raises(GithubException, match="too long"):
        commit.create_status("success", description="x" * 141)


def test_refs_are_made_moved_and_deleted(desk: "Desk") -> None:
    repository = desk.repository()
    main = repository.get_git_ref("heads/main").object.sha
    newer = desk.push_branch("feature", {"a.txt": "a\n"})

    ref = repository.create_git_ref("refs/envbot/locks/apply", main)
    ref.edit(newer)

    assert repository.get_git_ref("envbot/locks/apply").object.sha == newer
    assert [it.ref for it in repository.get_git_matching_refs("envbot/")] == [
        "refs/envbot/locks/apply"
    ]
    ref.delete()
    assert list(repository.get_git_matching_refs("envbot/")) == []


def test_a_ref_moves_forward_only(desk: "Desk") -> None:
    repository = desk.repository()
    main = repository.get_git_ref("heads/main").object.sha
    desk.push_branch("feature", {"a.txt": "a\n"})
    ref = repository.get_git_ref("heads/feature")
    assert ref.object.sha != main

    with pytest.raises(GithubException, match="fast forward") as refused:
        ref.edit(main)

    assert refused.value.status == 422
    ref.edit(main, force=True)


def test_a_ref_exists_once(desk: "Desk") -> None:
    repository = desk.repository()
    main = repository.get_git_ref("heads/main").object.sha
    repository.create_git_ref("refs/envbot/journal", main)

    with pytest.raises(GithubException, match="already exists"):
        repository.create_git_ref("refs/envbot/journal", main)


def test_main_moves_by_pull_request_only(desk: "Desk") -> None:
    repository = desk.repository()
    newer = desk.push_branch("feature", {"a.txt": "a\n"})
    ref = repository.get_git_ref("heads/main")
    assert ref.object.sha != newer

    with pytest.raises(GithubException, match="pull request"):
        ref.edit(newer)


def test_a_commit_tells_its_files(desk: "Desk") -> None:
    sha = desk.push_branch("feature", {"a.txt": "a\nb\n"})

    commit = desk.repository().get_commit(sha)

    assert [(file.filename, file.additions) for file in commit.files] == [("a.txt", 2)]
    assert desk.repository().get_commit("feature").sha == sha


def test_a_deployment_keeps_its_states(desk: "Desk") -> None:
    repository = desk.repository()
    made = repository.create_deployment(
        "main",
        environment="production",
        auto_merge=False,
        required_contexts=[],
        payload={"fingerprint": "f00"},
    )

    made.create_status("in_progress")
    made.create_status("success", description="200 of 200")

    [found] = repository.get_deployments(environment="production")
    assert (found.id, found.payload) == (made.id, {"fingerprint": "f00"})
    assert [it.state for it in found.get_statuses()] == ["success", "in_progress"]
    assert list(repository.get_deployments(environment="other")) == []


def test_a_deployment_waits_for_the_statuses_of_its_commit(desk: "Desk") -> None:
    repository = desk.repository()
    repository.get_commit("main").create_status("pending", context="envbot/release")

    with pytest.raises(GithubException, match="checks failed") as refused:
        repository.create_deployment("main", auto_merge=False)

    assert refused.value.status == 409


@pytest.mark.parametrize(
    ("login", "permission"), [("ada", "write"), ("grace", "write"), ("mallory", "read")]
)
def test_tells_what_a_person_may_do(desk: "Desk", login: str, permission: str) -> None:
    assert desk.repository().get_collaborator_permission(login) == permission


def test_who_lost_access_may_do_nothing(desk: "Desk") -> None:
    lost = {"repository": desk.name, "login": "grace", "permission": "none"}
    requests.post(f"{desk.url}/sandbox/collaborators", json=lost, timeout=10).raise_for_status()

    assert desk.repository().get_collaborator_permission("grace") == "none"


def test_tells_who_one_is(desk: "Desk") -> None:
    client = desk.client(token_of("marie"))

    assert client.get_user().login == "marie"
    assert client.get_user("github-actions[bot]").type == "Bot"

"""git over HTTP, with the real git."""

import random
from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from bot.sandbox.github.accounts import token_of

if TYPE_CHECKING:
    from tests.sandbox.github.conftest import Desk


def _commit(desk: "Desk", git: Callable[..., str], token: str = "") -> "object":
    place = desk.clone(token)
    (place / "new.txt").write_text("new\n")
    git(place, "add", "-A")
    git(place, "commit", "-q", "-m", "Add a file")
    return place


def test_a_clone_holds_the_seeded_files(desk: "Desk", git: Callable[..., str]) -> None:
    place = desk.clone()

    assert git(place, "ls-files").split() == ["README.md", "config/plants/P001/C001.yml", "run.sh"]
    assert git(place, "ls-files", "--stage", "run.sh").startswith("100755")


def test_the_address_works_without_its_ending(desk: "Desk", git: Callable[..., str]) -> None:
    plain = desk.remote(token_of("ada")).removesuffix(".git")

    assert "refs/heads/main" in git(desk.folder, "ls-remote", plain)


def test_a_commit_can_be_fetched_by_its_id(desk: "Desk", git: Callable[..., str]) -> None:
    sha = desk.push_branch("feature", {"a.txt": "a\n"})
    place = desk.folder / "bare"
    git(desk.folder, "init", "-q", "--bare", str(place))

    git(place, "fetch", "-q", "--depth=1", desk.remote(token_of("ada")), sha)

    assert git(place, "rev-parse", "FETCH_HEAD").strip() == sha


@pytest.mark.parametrize(
    ("token", "reason"),
    [
        pytest.param("nobody", "Authentication failed", id="bad token"),
        pytest.param(token_of("mallory"), "403", id="reader"),
    ],
)
def test_only_writers_push(desk: "Desk", git: Callable[..., str], token: str, reason: str) -> None:
    place = _commit(desk, git)

    with pytest.raises(AssertionError, match=reason):
        git(place, "push", desk.remote(token), "HEAD:refs/heads/feature")


@pytest.mark.parametrize(
    ("level", "accepted"), [("write", True), ("read", False)], ids=["write", "read"]
)
def test_a_job_pushes_with_contents_write(
    desk: "Desk", git: Callable[..., str], level: str, accepted: bool
) -> None:
    token = desk.job_token(contents=level)
    place = _commit(desk, git, token)

    if accepted:
        git(place, "push", desk.remote(token), "HEAD:refs/envbot/journal")
        assert "refs/envbot/journal" in git(place, "ls-remote", desk.remote(token))
    else:
        with pytest.raises(AssertionError, match="403"):
            git(place, "push", desk.remote(token), "HEAD:refs/envbot/journal")


def test_a_job_without_contents_may_not_even_read(desk: "Desk", git: Callable[..., str]) -> None:
    with pytest.raises(AssertionError, match="not found"):
        git(desk.folder, "ls-remote", desk.remote(desk.job_token(statuses="write")))


def test_main_is_protected_and_other_branches_are_not(
    desk: "Desk", git: Callable[..., str]
) -> None:
    place = _commit(desk, git)

    with pytest.raises(AssertionError, match="GH006: Protected branch"):
        git(place, "push", "origin", "HEAD:main")
    git(place, "push", "-q", "origin", "HEAD:feature")


def test_those_named_in_the_settings_push_to_main(desk: "Desk", git: Callable[..., str]) -> None:
    place = _commit(desk, git)
    desk.settings(bypass_actors=["ada"])

    git(place, "push", "-q", "origin", "HEAD:main")

    head = git(place, "rev-parse", "HEAD").strip()
    assert desk.repository().get_git_ref("heads/main").object.sha == head


def test_the_refs_of_pull_requests_are_githubs_own(desk: "Desk", git: Callable[..., str]) -> None:
    place = _commit(desk, git)

    with pytest.raises(AssertionError, match="hidden ref"):
        git(place, "push", "origin", "HEAD:refs/pull/1/head")


def test_a_push_on_old_knowledge_is_rejected(desk: "Desk", git: Callable[..., str]) -> None:
    desk.push_branch("feature", {"a.txt": "a\n"})
    place = _commit(desk, git)
    git(place, "push", "-q", "--force", "origin", "HEAD:feature")

    seen = git(place, "rev-parse", "HEAD~1").strip()
    with pytest.raises(AssertionError, match="stale info"):
        git(place, "push", f"--force-with-lease=feature:{seen}", "origin", "HEAD~1:feature")


def test_a_push_of_megabytes_arrives(desk: "Desk") -> None:
    sha = desk.push_branch("big", {"big.txt": random.Random(1).randbytes(2_000_000).hex()})

    assert desk.repository().get_git_ref("heads/big").object.sha == sha

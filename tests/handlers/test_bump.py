"""The bot's own push: what it is made on, what it may never undo, and who lets it."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest

from bot.adapters.git import GitRepository
from bot.core.pull_request import PullRequest
from bot.errors import UserError
from bot.handlers.bump import Edit, push_bump
from bot.handlers.context import Context
from tests.handlers.conftest import NOON, RacedRepository
from tests.sample_pull import PULL

C001 = "config/plants/P001/C001.yml"
BRANCH = "better-logging"


@dataclass
class Desk:
    """The part of GitHub that says where a pull request stands."""

    pull_now: PullRequest
    meanwhile: list[Callable[[], object]] = field(default_factory=list)

    def pull(self, number: int) -> PullRequest:
        assert number == self.pull_now.number
        if self.meanwhile:
            self.meanwhile.pop(0)()
        return self.pull_now


@dataclass(frozen=True)
class Branch:
    """A pull request's branch at `origin`, and the run that is about to push to it."""

    context: Context
    desk: Desk
    pull: PullRequest
    theirs: GitRepository

    def bump(self) -> str:
        return push_bump(self.context, self.pull, Edit("1.5.1", "1.5.0", {C001: b"a: 1\n"}))

    def push(self, message: str) -> str:
        """Let somebody else push to the branch."""
        commit = self.theirs.commit((self.pull.head,), {"notes.md": b"x"}, message, at=NOON)
        assert self.theirs.push(commit, BRANCH)
        return commit

    def now(self) -> str | None:
        return self.theirs.read_ref(f"refs/heads/{BRANCH}")


@pytest.fixture
def branch(context: Context, repository: RacedRepository, elsewhere: GitRepository) -> Branch:
    main = context.rules.main
    first = repository.commit((main,), {"notes.md": b"1"}, "First", at=NOON)
    head = repository.commit((first,), {"notes.md": b"2"}, "Second", at=NOON)
    assert repository.push(head, BRANCH)
    elsewhere.fetch_branch(BRANCH)
    pull = replace(
        PULL,
        title="Better logging",
        author="ada",
        head=head,
        head_branch=BRANCH,
        base=main,
        created_at=NOON,
    )
    desk = Desk(pull)
    hosting: Any = desk
    return Branch(replace(context, hosting=hosting), desk, pull, elsewhere)


def refused(branch: Branch) -> str:
    with pytest.raises(UserError) as caught:
        branch.bump()
    return caught.value.refusal.code


def test_the_edit_is_one_commit_on_the_head(branch: Branch) -> None:
    commit = branch.bump()

    assert branch.now() == commit
    assert branch.theirs.parents(commit) == (branch.pull.head,)
    assert branch.theirs.changed_paths(branch.pull.head, commit) == (C001,)


def test_main_comes_in_as_the_second_parent(branch: Branch) -> None:
    repository, main = branch.context.repository, branch.context.rules.main
    tree_id = repository.merge_tree(main, branch.pull.head)
    edit = Edit("1.5.1", "1.5.0", {C001: b"a: 1\n"}, tree_id, {"x.yml": b"y"})

    commit = push_bump(branch.context, branch.pull, edit)

    assert branch.now() == commit
    assert branch.theirs.parents(commit) == (branch.pull.head, main)
    assert branch.theirs.changed_paths(branch.pull.head, commit) == (C001, "x.yml")
    told = branch.theirs.git.text("log", "-1", "--format=%B", commit)
    assert told.startswith("Merge main, and set environment_version 1.5.1 in 2 circuits\n")
    assert "- x.yml" in told


def test_a_push_in_between_stays_and_is_told(branch: Branch) -> None:
    theirs: list[str] = []
    branch.desk.meanwhile.append(lambda: theirs.append(branch.push("Think again")))

    assert refused(branch) == "HEAD_MOVED"
    assert [branch.now()] == theirs


def test_a_branch_that_was_deleted_does_not_come_back(branch: Branch) -> None:
    ref = f"refs/heads/{BRANCH}"
    branch.desk.meanwhile.append(
        lambda: branch.theirs.write_ref(ref, None, expected=branch.pull.head)
    )

    assert refused(branch) == "HEAD_MOVED"
    assert branch.now() is None


@pytest.mark.parametrize("generations", [1, 2], ids=["one commit dropped", "rebased onto main"])
def test_commits_that_their_owner_took_back_stay_away(branch: Branch, generations: int) -> None:
    left = branch.theirs.resolve(f"{branch.pull.head}~{generations}")
    ref = f"refs/heads/{BRANCH}"
    branch.desk.meanwhile.append(
        lambda: branch.theirs.write_ref(ref, left, expected=branch.pull.head)
    )

    assert refused(branch) == "HEAD_MOVED"
    assert branch.now() == left


@pytest.mark.parametrize(
    "change", [{"open": False}, {"head": "0" * 40}], ids=["closed", "another head"]
)
def test_a_pull_request_that_is_another_now_is_left_alone(
    branch: Branch, change: dict[str, Any]
) -> None:
    branch.desk.pull_now = replace(branch.pull, **change)

    assert refused(branch) == "HEAD_MOVED"
    assert branch.now() == branch.pull.head


def test_a_rule_of_the_server_is_named_with_the_way_round(branch: Branch, origin: Path) -> None:
    hook = origin / "hooks" / "pre-receive"
    hook.write_text("#!/bin/sh\nexit 1\n")
    hook.chmod(0o755)

    with pytest.raises(UserError) as caught:
        branch.bump()

    refusal = caught.value.refusal
    assert refusal.code == "PUSH_REFUSED"
    assert "declined" in refusal.facts[0]
    assert "`envbot bump --to 1.5.1 --from 1.5.0`" in refusal.next
    assert branch.now() == branch.pull.head


def test_a_second_run_after_a_crash_before_the_push_makes_one_commit(branch: Branch) -> None:
    files = {C001: b"a: 1\n"}
    lost = branch.context.repository.commit((branch.pull.head,), files, "Lost", at=NOON)

    commit = branch.bump()

    assert branch.now() == commit
    assert branch.theirs.parents(commit) == (branch.pull.head,)
    assert lost not in branch.theirs.commits_between(branch.context.rules.main, commit)

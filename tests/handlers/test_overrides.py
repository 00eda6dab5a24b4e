"""Which comments give a change another class, read as they are now."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TypeAlias

import msgspec
import pytest

from bot.adapters.github import GitHubHosting, GitHubSettings
from bot.core.gates.overrides import Overrides
from bot.core.pull_request import Comment, PullRequest
from bot.handlers.context import Context
from bot.handlers.overrides import read_overrides
from bot.handlers.sources import read_sources
from tests.sample_pull import PULL

CONDA = "environment/conda.yml"
LOOSENING = '/override class non-breaking --reason "only an error text differs"'


class Remembered(GitHubHosting):
    """GitHub with one pull request: its comments, the bot's reactions, its heads by time."""

    said: tuple[Comment, ...] = ()
    accepted: frozenset[int] = frozenset()
    then: tuple[str, ...] = ()
    gone: frozenset[str] = frozenset()

    def comments(self, number: int) -> tuple[Comment, ...]:
        del number
        return self.said

    def has_reacted(self, comment_id: int, reaction: str) -> bool:
        return reaction == "rocket" and comment_id in self.accepted

    def heads_at(self, number: int, moment: object) -> tuple[str, ...]:
        del number, moment
        return self.then

    def pushers(self, number: int) -> frozenset[str]:
        del number
        return frozenset({"ada"})

    def permission(self, login: str) -> str:
        if login in self.gone:
            return "none"
        return "read" if login == "mallory" else "write"


@dataclass
class Case:
    """A pull request of ada whose environment differs from main's, and what lise said on it."""

    context: Context
    hosting: Remembered
    pull: PullRequest

    def read(self) -> Overrides:
        sources = read_sources(self.context.repository, self.context.rules.main, self.pull.head)
        return read_overrides(self.context, self.pull, sources)

    def push(self, text: bytes) -> None:
        files = {CONDA: text}
        parents, at = (self.pull.head,), self.context.clock.now()
        head = self.context.repository.commit(parents, files, "More", at=at)
        self.pull = replace(self.pull, head=head)


@pytest.fixture
def case(context: Context) -> Case:
    hosting = Remembered(GitHubSettings("http://127.0.0.1:1", "plants/fleet", "token"))
    main, at = context.rules.main, context.clock.now()
    conda = context.repository.read(main, CONDA)[CONDA].data
    files = {CONDA: conda.replace(b"2.13.0", b"2.14.0")}
    head = context.repository.commit((main,), files, "Raise", at=at)
    hosting.said = (Comment(1, "lise", by_bot=False, body=LOOSENING, created_at=at, edited=False),)
    hosting.accepted, hosting.then = frozenset({1}), (head,)
    pull = replace(
        PULL,
        title="Raise",
        author="ada",
        head=head,
        head_branch="raise",
        base=main,
        created_at=at,
    )
    return Case(replace(context, hosting=hosting), hosting, pull)


Spoil: TypeAlias = Callable[[Case], None]


def edited(case: Case) -> None:
    case.hosting.said = (replace(case.hosting.said[0], edited=True),)


def deleted(case: Case) -> None:
    case.hosting.said = ()


def written_by_a_bot(case: Case) -> None:
    case.hosting.said = (replace(case.hosting.said[0], by_bot=True),)


def never_accepted(case: Case) -> None:
    case.hosting.accepted = frozenset()


def from_a_fork(case: Case) -> None:
    case.pull = replace(case.pull, from_fork=True)


def written_after_the_merge(case: Case) -> None:
    merged_at = case.hosting.said[0].created_at - timedelta(seconds=1)
    case.pull = replace(case.pull, merged_at=merged_at)


def turned_off(case: Case) -> None:
    rules = case.context.rules
    policy = msgspec.structs.replace(rules.policy, overrides=False)
    case.context = replace(case.context, rules=replace(rules, policy=policy))


def test_an_accepted_comment_of_an_approver_counts(case: Case) -> None:
    found = case.read()

    assert found.in_force is not None
    assert found.in_force.reason == "only an error text differs"
    assert found.void == ()


def test_it_counts_as_of_a_merge_that_came_later(case: Case) -> None:
    merged_at = case.hosting.said[0].created_at + timedelta(hours=1)
    case.pull = replace(case.pull, merged_at=merged_at)

    assert case.read().in_force is not None


def test_it_counts_though_its_giver_left_after_the_merge(case: Case) -> None:
    case.hosting.gone = frozenset({"lise"})
    case.pull = replace(case.pull, merged_at=case.hosting.said[0].created_at + timedelta(hours=1))

    assert case.read().in_force is not None


def test_it_is_void_once_its_giver_left_before_the_merge(case: Case) -> None:
    case.hosting.gone = frozenset({"lise"})

    assert [one.override.by for one in case.read().void] == ["lise"]


@pytest.mark.parametrize(
    "spoil",
    [
        edited,
        deleted,
        written_by_a_bot,
        never_accepted,
        from_a_fork,
        written_after_the_merge,
        turned_off,
    ],
)
def test_a_comment_counts_for_nothing_that_was(case: Case, spoil: Spoil) -> None:
    spoil(case)

    assert case.read() == Overrides()


def test_a_push_that_changes_the_environment_ends_it(case: Case) -> None:
    case.push(b"name: other\n")

    found = case.read()

    assert found.in_force is None
    assert [one.override.by for one in found.void] == ["lise"]


def test_a_head_that_nobody_knows_is_no_content(case: Case) -> None:
    case.hosting.then = ()

    assert case.read().in_force is None


def test_a_push_in_its_second_leaves_it_open_what_it_was_given_for(case: Case) -> None:
    before = case.pull.head
    case.push(b"name: other\n")
    case.hosting.then = (case.pull.head, before)

    assert case.read().in_force is None


def test_a_push_in_its_second_that_leaves_the_environment_alone_does_no_harm(case: Case) -> None:
    before, at = case.pull.head, case.context.clock.now()
    head = case.context.repository.commit((before,), {"README.md": b"More"}, "Say more", at=at)
    case.pull = replace(case.pull, head=head)
    case.hosting.then = (head, before)

    assert case.read().in_force is not None


def test_an_environment_like_mains_has_nothing_to_override(case: Case) -> None:
    main = case.context.rules.main
    case.push(case.context.repository.read(main, CONDA)[CONDA].data)

    assert case.read() == Overrides()

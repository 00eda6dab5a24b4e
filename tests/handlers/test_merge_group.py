"""What a merge queue is told of the commit that it has made of a pull request."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

import pytest

from bot.adapters.github import GitHubHosting, GitHubSettings
from bot.core.pull_request import CommitStatus, PullRequest, StatusState
from bot.handlers.context import POLICY, Context
from bot.handlers.merge_group import publish_merge_group
from tests.sample_pull import PULL

SPEC, C001 = "environment/environment.yml", "config/plants/P001/C001.yml"
REF = "refs/heads/gh-readonly-queue/main/pr-7-0123abc"
GREEN = CommitStatus(
    "envbot/release",
    StatusState.SUCCESS,
    "Approved: this change may be merged",
    "github-actions[bot]",
    datetime(2026, 3, 1, tzinfo=UTC),
)


class Queueing(GitHubHosting):
    """GitHub with one pull request, what its head says, and what is said of other commits."""

    head = PULL
    says: CommitStatus | None = GREEN
    said: tuple[StatusState, str] | None = None

    def pull(self, number: int) -> PullRequest:
        return replace(self.head, number=number)

    def statuses(self, commit: str) -> Mapping[str, CommitStatus]:
        found = commit == self.head.head and self.says is not None
        return {"envbot/release": self.says} if found and self.says else {}

    def set_status(
        self, commit: str, context: str, state: StatusState, description: str, *, url: str = ""
    ) -> None:
        del commit, context, url
        self.said = (state, description)


@dataclass
class Queue:
    """A queue onto a main whose environment is 1.5.0 until something else is merged."""

    context: Context
    hosting: Queueing
    files: dict[str, bytes] = field(default_factory=dict)

    def commit(self, parent: str, files: dict[str, bytes | str | None]) -> str:
        at = self.context.clock.now()
        return self.context.repository.commit((parent,), files, "Change", at=at)

    def read(self, path: str) -> bytes:
        return self.context.repository.read(self.context.rules.main, path)[path].data

    def released(self) -> str:
        """Return a main that has come to 1.5.1, with its circuit."""
        at_new = {path: self.read(path).replace(b"1.5.0", b"1.5.1") for path in (SPEC, C001)}
        return self.commit(self.context.rules.main, {**at_new})

    def told(self, change: dict[str, bytes], onto: str) -> tuple[StatusState, str] | None:
        """Return what is said of a group that merges `change`, proposed on the first main."""
        head = self.commit(self.context.rules.main, {**change})
        self.hosting.head = replace(PULL, head=head)
        tree = self.context.repository.merge_tree(onto, head)
        assert tree is not None
        publish_merge_group(self.context, REF, self.commit(onto, {"": tree}))
        return self.hosting.said


@pytest.fixture
def queue(context: Context) -> Queue:
    hosting = Queueing(GitHubSettings("http://127.0.0.1:1", "plants/fleet", "token"))
    return Queue(replace(context, hosting=hosting), hosting)


def pinned(queue: Queue) -> dict[str, bytes]:
    return {C001: queue.read(C001) + b'deployment:\n  model_version: "2"\n'}


def test_a_group_says_what_the_head_says(queue: Queue) -> None:
    said = queue.told(pinned(queue), queue.context.rules.main)

    assert said == (GREEN.state, GREEN.description)


def test_a_group_that_meets_another_environment_is_red(queue: Queue) -> None:
    said = queue.told(pinned(queue), queue.released())

    assert said is not None
    assert said[0] is StatusState.FAILURE
    assert said[1].startswith("Main has another environment by now")


def test_a_change_of_rules_may_meet_another_environment(queue: Queue) -> None:
    said = queue.told({POLICY: queue.read(POLICY) + b"# more\n"}, queue.released())

    assert said == (GREEN.state, GREEN.description)


@pytest.mark.parametrize(
    "says",
    [
        pytest.param(None, id="nothing"),
        pytest.param(replace(GREEN, author="mallory"), id="another account"),
    ],
)
def test_what_envbot_has_not_said_of_the_head_counts_for_nothing(
    queue: Queue, says: CommitStatus | None
) -> None:
    queue.hosting.says = says

    said = queue.told(pinned(queue), queue.context.rules.main)

    assert said is not None
    assert said[0] is StatusState.FAILURE
    assert said[1].startswith("envbot has not reviewed")


def test_what_is_not_green_stays_so(queue: Queue) -> None:
    queue.hosting.says = replace(GREEN, state=StatusState.PENDING, description="Waits")

    assert queue.told(pinned(queue), queue.released()) == (StatusState.PENDING, "Waits")


def test_a_group_of_no_pull_request_is_red(queue: Queue) -> None:
    publish_merge_group(queue.context, "refs/heads/gh-readonly-queue/main/x", "c" * 40)

    assert queue.hosting.said == (StatusState.FAILURE, "This merge group names no pull request")

"""A real git repository with its origin, a clock that stands still, and what a run is given."""

import subprocess
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from unittest.mock import Mock

import pytest

from bot.adapters.git import GitRepository
from bot.adapters.git.process import Git
from bot.adapters.github import GitHubHosting, GitHubSettings
from bot.core.config.circuit import CircuitId
from bot.core.gates.approval import ReleaseContent
from bot.core.gates.gate import Gate
from bot.core.gates.requirements import Requirement
from bot.core.production.authority import Explanation
from bot.core.production.deployment import DesiredDeployment, LiveDeployment
from bot.core.production.plan import Known, Limits, Plan, make_plan
from bot.core.pull_request import PullRequest
from bot.handlers.context import Context, Rules, read_rules
from bot.handlers.merges import Ledger, Merge
from bot.handlers.ports import Cloud

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


@dataclass
class StillClock:
    """Time that passes when a test says so."""

    time: datetime = NOON

    def now(self) -> datetime:
        return self.time

    def sleep(self, seconds: float) -> None:
        self.time += timedelta(seconds=seconds)


@dataclass
class Heard:
    """A reporter that keeps what it was told."""

    steps: list[str] = field(default_factory=list)
    counts: list[tuple[int, int]] = field(default_factory=list)

    def step(self, text: str) -> None:
        self.steps.append(text)

    def progress(self, done: int, total: int, what: str) -> None:
        del what
        self.counts.append((done, total))


class RacedRepository(GitRepository):
    """A repository in which others act just before, or just after, our writes to a ref."""

    def __init__(self, git: Git) -> None:
        super().__init__(git)
        self.meanwhile: list[Callable[[], object]] = []
        self.afterwards: list[Callable[[], object]] = []

    def write_ref(self, ref: str, commit: str | None, *, expected: str | None) -> bool:
        if self.meanwhile:
            self.meanwhile.pop(0)()
        written = super().write_ref(ref, commit, expected=expected)
        if self.afterwards:
            self.afterwards.pop(0)()
        return written


@pytest.fixture
def clock() -> StillClock:
    return StillClock()


@pytest.fixture
def origin(tmp_path: Path) -> Path:
    bare = tmp_path / "origin.git"
    subprocess.run(["git", "init", "--quiet", "--bare", "-b", "main", str(bare)], check=True)
    return bare


def clone(origin: Path, name: str) -> Path:
    target = origin.parent / name
    subprocess.run(
        ["git", "clone", "--quiet", str(origin), str(target)], check=True, capture_output=True
    )
    return target


@pytest.fixture
def repository(origin: Path) -> RacedRepository:
    """Return a clone of an empty origin."""
    return RacedRepository(Git(clone(origin, "ours")))


@pytest.fixture
def elsewhere(repository: RacedRepository, origin: Path) -> GitRepository:
    """Return another clone: what another run of the bot works in."""
    del repository
    return GitRepository.at(clone(origin, "theirs"))


@pytest.fixture
def context(repository: RacedRepository, clock: StillClock, checkout: Path) -> Context:
    """Return a run on a main that holds the sample environment, its rules and one circuit."""
    paths = [
        *(path for path in sorted((checkout / "environment").rglob("*")) if path.is_file()),
        *(checkout / "config").glob("*.yml"),
        checkout / "config" / "plants" / "P001" / "C001.yml",
    ]
    files = {
        path.relative_to(checkout).as_posix(): path.read_bytes()
        for path in paths
        if "__pycache__" not in path.parts
    }
    main = repository.commit((), files, "Begin", at=NOON)
    assert repository.push(main, "main")
    nowhere = GitHubSettings("http://127.0.0.1:1", "plants/fleet", "token")
    return Context(
        repository=repository,
        hosting=GitHubHosting(nowhere),
        clock=clock,
        reporter=Heard(),
        rules=read_rules(repository, main),
        run_url="https://example.com/run/1",
    )


class WithoutPulls(GitHubHosting):
    """A repository to which everything was pushed directly."""

    def pulls_with(self, commit: str) -> tuple[PullRequest, ...]:
        del commit
        return ()


@dataclass(slots=True)
class Approving(Ledger):
    """Takes some commits of main for merges whose gate held, and every other for a push."""

    approved: set[str] = field(default_factory=set)

    def _judge(self, commit: str, rules: Rules) -> Merge:
        del rules
        held = Gate("production", (Requirement("it", True, ""),), (), (), NOON, None)
        content = ReleaseContent("custom-tf-env", "1.5.1", "a" * 64, "b" * 64)
        pull, gate = (7, held) if commit in self.approved else (None, None)
        return Merge(Explanation(pull, commit, pull is not None, gate, content, content))


@pytest.fixture
def ledger(context: Context) -> Approving:
    """Return what judges a main to which all was pushed, until a test says what was approved."""
    nowhere = GitHubSettings("http://127.0.0.1:1", "plants/fleet", "token")
    pushed = replace(context, hosting=WithoutPulls(nowhere))
    return Approving(pushed, Mock(spec_set=Cloud))


@pytest.fixture
def make_live() -> Callable[..., LiveDeployment]:
    """Return what makes a live deployment of circuit C00n."""

    def make(number: int = 1, version: str = "1.5.0", **tags: str) -> LiveDeployment:
        return LiveDeployment(
            endpoint="batch-endpoint-plant-P001",
            deployment=f"deployment-circuit-C{number:03}",
            environment_id=f"azureml://registries/reg/environments/tf/versions/{version}",
            model_id=f"/subscriptions/s/models/sensor_{number}/versions/5",
            tags=tags,
            provisioning_state="Succeeded",
            kind="model",
            rest_digest=f"rest-{number}",
        )

    return make


@pytest.fixture
def make_plan_to() -> Callable[..., Plan]:
    """Return what plans the update of some live deployments to one version."""

    def plan(version: str, *live: LiveDeployment) -> Plan:
        desired = [
            DesiredDeployment(
                circuit=CircuitId("P001", one.deployment.rpartition("-")[2]),
                endpoint=one.endpoint,
                deployment=one.deployment,
                environment_id=f"azureml://registries/reg/environments/tf/versions/{version}",
                environment="tf",
                version=version,
                model_version=None,
            )
            for one in live
        ]
        return make_plan(desired, live, known=Known(), limits=Limits(100))

    return plan

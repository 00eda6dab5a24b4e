"""Drift as one issue: what is looked at, what is written, and what is not."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any, cast

import msgspec
import pytest

from bot.core.config.circuit import CircuitId
from bot.core.kept_issue import KeptIssue
from bot.core.production.deployment import LiveDeployment
from bot.core.production.drift_report import Lost
from bot.core.render.marker import DRIFT
from bot.errors import BotError
from bot.handlers.context import PLATFORM, Context, read_rules
from bot.handlers.drift import read_drift, show_drift
from bot.handlers.event import answer_event
from bot.handlers.ports import Cloud

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
NAME = "custom-tf-env"


@dataclass
class Azure:
    """Deployments and environments in memory; an archived version is there and not listed."""

    live: tuple[LiveDeployment, ...]
    versions: frozenset[str] = frozenset({"1.5.0"})
    archived: frozenset[str] = frozenset()
    away: bool = False

    def deployments(self, stage: str) -> tuple[LiveDeployment, ...]:
        if self.away:
            raise BotError("Azure is away.")
        assert stage == "production"
        return self.live

    def environment(self, place: str, name: str, version: str) -> object | None:
        del place, name
        return object() if version in self.versions | self.archived else None

    def environments(self, place: str, name: str) -> tuple[Any, ...]:
        del place, name
        return tuple(_Version(version) for version in self.versions)

    def endpoints(self, stage: str) -> tuple[str, ...]:
        del stage
        return ()


@dataclass(frozen=True)
class _Version:
    version: str


@dataclass
class Issues:
    """The part of GitHub that keeps the issue."""

    kept: list[KeptIssue] = field(default_factory=list)

    def keep_issue(self, kept: KeptIssue) -> None:
        self.kept.append(kept)


@pytest.fixture
def issues() -> Issues:
    return Issues()


@pytest.fixture
def run(context: Context, issues: Issues) -> Context:
    return replace(context, hosting=cast("Any", issues))


def live(
    context: Context, make_live: Callable[..., LiveDeployment], version: str
) -> LiveDeployment:
    platform, circuit = context.rules.platform, CircuitId("P001", "C001")
    return replace(
        make_live(1),
        endpoint=platform.endpoint_name(circuit),
        deployment=platform.deployment_name(circuit),
        environment_id=platform.environment_id("production", NAME, version),
    )


def cloud(azure: Azure) -> Cloud:
    return cast("Cloud", azure)


def test_drift_opens_the_issue(
    run: Context, issues: Issues, make_live: Callable[..., LiveDeployment]
) -> None:
    report = show_drift(run, cloud(Azure((live(run, make_live, "9.9.9"),))))

    (kept,) = issues.kept
    assert report.found
    assert kept.wanted
    assert kept.title == "Drift: 1 changed outside of git"
    assert kept.body.startswith(f"{DRIFT}\n## 🟡 Production is not what main asks for")


def test_no_drift_leaves_the_last_word(
    run: Context, issues: Issues, make_live: Callable[..., LiveDeployment]
) -> None:
    show_drift(run, cloud(Azure((live(run, make_live, "1.5.0"),))))

    (kept,) = issues.kept
    assert not kept.wanted
    assert kept.title == "Drift: none"


def test_equal_drift_makes_an_equal_issue(
    run: Context, issues: Issues, make_live: Callable[..., LiveDeployment]
) -> None:
    azure = Azure((live(run, make_live, "9.9.9"),))
    show_drift(run, cloud(azure))
    run.clock.sleep(3600)

    show_drift(replace(run, run_url="https://example.com/run/2"), cloud(azure))

    first, second = issues.kept
    assert first == second


def test_an_azure_out_of_reach_leaves_the_issue_as_it_is(run: Context, issues: Issues) -> None:
    with pytest.raises(BotError, match="Azure is away"):
        show_drift(run, cloud(Azure((), away=True)))

    assert issues.kept == []


def test_a_circuit_without_a_deployment_is_missing(run: Context) -> None:
    report = read_drift(run, cloud(Azure(())))

    assert [str(one.circuit) for one in report.missing] == ["P001/C001"]


@pytest.mark.parametrize(
    ("recreated", "azure", "lost"),
    [
        pytest.param(False, Azure(()), (), id="there"),
        pytest.param(
            False,
            Azure((), versions=frozenset()),
            (Lost(f"{NAME}:1.5.0", "missing", 1),),
            id="gone from the registry",
        ),
        pytest.param(
            False,
            Azure((), versions=frozenset(), archived=frozenset({"1.5.0"})),
            (),
            id="archived in the registry, which nobody can ask",
        ),
        pytest.param(
            True,
            Azure((), versions=frozenset(), archived=frozenset({"1.5.0"})),
            (Lost(f"{NAME}:1.5.0", "archived", 1),),
            id="archived in the workspace",
        ),
        pytest.param(True, Azure(()), (), id="in the workspace"),
    ],
)
def test_an_environment_that_runs_and_is_gone_is_found(
    run: Context,
    make_live: Callable[..., LiveDeployment],
    azure: Azure,
    lost: tuple[Lost, ...],
    *,
    recreated: bool,
) -> None:
    here = _recreating(run) if recreated else run

    found = read_drift(here, cloud(replace(azure, live=(live(here, make_live, "1.5.0"),))))

    assert found.lost == lost


def _recreating(context: Context) -> Context:
    """Return a run on a main that makes its environments anew in the production workspace."""
    repository, main = context.repository, context.rules.main
    text = repository.read(main, PLATFORM)[PLATFORM].data
    other = text.replace(b"registry_to_production: reference", b"registry_to_production: recreate")
    moved = repository.commit((main,), {PLATFORM: other}, "Recreate", at=NOON)
    return replace(context, rules=read_rules(repository, moved))


@pytest.mark.parametrize("drift", ["report", "enforce"])
def test_the_issue_says_what_policy_does(
    run: Context, make_live: Callable[..., LiveDeployment], drift: Any
) -> None:
    policy = msgspec.structs.replace(run.rules.policy, drift=drift)
    here = replace(run, rules=replace(run.rules, policy=policy))

    report = read_drift(here, cloud(Azure((live(run, make_live, "9.9.9"),))))

    assert report.is_enforced == (drift == "enforce")
    assert len(report.changed) == 1


def test_the_job_shows_what_the_issue_says(
    run: Context, issues: Issues, make_live: Callable[..., LiveDeployment]
) -> None:
    azure = Azure((live(run, make_live, "9.9.9"),))

    answered = answer_event(
        replace(run, connect=lambda: cloud(azure)), "drift", "schedule", {"schedule": "23 * * * *"}
    )

    assert answered.done
    assert issues.kept[0].body.removeprefix(f"{DRIFT}\n").startswith(answered.summary[:60])

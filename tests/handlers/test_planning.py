"""A plan waits for what a killed one began in Azure, but not for ever."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import msgspec
import pytest

from bot.core.config.circuit import CircuitId
from bot.core.production.deployment import LiveDeployment
from bot.core.production.environment_state import EnvironmentState
from bot.core.production.plan import Action, ActionKind, Plan
from bot.handlers import planning
from bot.handlers.authority import Explained, Wanted
from bot.handlers.context import Context
from bot.handlers.planning import Prepared

if TYPE_CHECKING:
    from tests.handlers.conftest import StillClock

FREE = Action(
    ActionKind.UNCHANGED, "endpoint", "deployment", CircuitId("P001", "C001"), "", "", None, None,
    None,
)  # fmt: skip
BUSY = replace(FREE, kind=ActionKind.REFUSED, code="DEPLOYMENT_BUSY")
POLL = 30.0


@pytest.mark.parametrize(
    ("seen", "looks"),
    [
        pytest.param([FREE], 1, id="nothing is busy"),
        pytest.param([BUSY, BUSY, FREE], 3, id="it ends"),
        pytest.param([BUSY] * 20, 11, id="it never ends"),
    ],
)
def test_a_busy_deployment_is_looked_at_again(
    clock: "StillClock", monkeypatch: pytest.MonkeyPatch, seen: Sequence[Action], looks: int
) -> None:
    plans, began = iter(seen), clock.now()

    def look(_context: object, _cloud: object) -> Prepared:
        return Prepared(Plan((next(plans),), ()), {})

    monkeypatch.setattr(planning, "prepare", look)
    context: Any = SimpleNamespace(clock=clock, patience=SimpleNamespace(poll=POLL))
    cloud: Any = None

    found = planning.prepare_settled(context, cloud)

    assert found.plan.actions == (seen[looks - 1],)
    assert (clock.now() - began).total_seconds() == POLL * (looks - 1)


@dataclass
class Azure:
    """One deployment that runs what main never asked for, in memory."""

    live: LiveDeployment
    tags: Mapping[str, str] = field(default_factory=lambda: {"environment_version": "1.5.0"})

    def deployments(self, stage: str) -> tuple[LiveDeployment, ...]:
        del stage
        return (self.live,)

    def environment(self, place: str, name: str, version: str) -> object:
        del place, name, version
        return object()

    def environment_state(self, place: str, name: str, version: str) -> EnvironmentState:
        del place, name, version
        return EnvironmentState()

    def model_tags(self, stage: str, model_id: str) -> Mapping[str, str]:
        del stage, model_id
        return self.tags


def approve(_context: object, _cloud: object, wanted: Iterable[Wanted]) -> object:
    """Explain everything by pull request 7."""
    return {one.desired.circuit: Explained(one.desired.circuit, pull=7) for one in wanted}


def drifted(context: Context, make_live: Callable[..., LiveDeployment]) -> Any:
    """Return an Azure in which somebody gave C001 another environment."""
    runs = context.rules.platform.environment_id("production", "custom-tf-env", "1.4.0")
    return Azure(replace(make_live(1), environment_id=runs))


def test_what_drifted_is_left_alone_and_nobody_is_asked_for_its_approval(
    context: Context, clock: "StillClock", make_live: Callable[..., LiveDeployment]
) -> None:
    files = {"docs/note.md": b"Unrelated.\n"}
    later = context.repository.commit((context.rules.main,), files, "Note", at=clock.now())
    moved_on = replace(context, rules=replace(context.rules, main=later))

    found = planning.prepare(moved_on, drifted(context, make_live))  # GitHub cannot be reached

    assert [one.kind for one in found.plan.actions] == [ActionKind.DRIFTED]
    assert found.plan.updates == ()
    assert found.explained == {}


def test_who_asked_last_for_what_drifted_is_known_so_as_to_be_told(
    context: Context, make_live: Callable[..., LiveDeployment], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(planning, "explain", approve)

    found = planning.prepare(context, drifted(context, make_live))

    (action,) = found.plan.of_kind(ActionKind.DRIFTED)
    assert action.circuit
    assert found.explained[action.circuit].pull == 7


def test_what_drifted_is_overwritten_where_policy_says_so_and_it_is_approved(
    context: Context, make_live: Callable[..., LiveDeployment], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(planning, "explain", approve)
    policy = msgspec.structs.replace(context.rules.policy, drift="enforce")
    enforcing = replace(context, rules=replace(context.rules, policy=policy))

    found = planning.prepare(enforcing, drifted(context, make_live))

    (action,) = found.plan.updates
    assert action.reason == (
        "environment custom-tf-env:1.4.0 → custom-tf-env:1.5.0 (drift, which policy overwrites: "
        "runs custom-tf-env:1.4.0, which main never asked of it)"
    )


def test_a_model_of_another_major_is_held_although_it_runs_on_this_one(
    context: Context, make_live: Callable[..., LiveDeployment], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(planning, "explain", approve)
    azure = drifted(context, make_live)
    azure.tags = {"environment_version": "0.9.0"}
    policy = msgspec.structs.replace(context.rules.policy, drift="enforce")
    enforcing = replace(context, rules=replace(context.rules, policy=policy))

    found = planning.prepare(enforcing, azure)

    assert found.plan.updates == ()
    assert [one.code for one in found.plan.actions] == ["MODEL_MAJOR_MISMATCH"]

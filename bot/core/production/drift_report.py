"""Where git and production differ although no apply is to come: what a person has to settle."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

from bot.core.asset_id import is_same_asset
from bot.core.production.action import Action, ActionKind
from bot.core.production.deployment import LastWrite
from bot.core.production.plan import Plan

_TO_COME = (
    ActionKind.CREATE,
    ActionKind.UPDATE,
    ActionKind.UNAPPROVED,
    ActionKind.REFUSED,
)


class Difference(NamedTuple):
    """One field: `git` is the id that main asks for, `live` the one that Azure has."""

    field: str
    git: str | None
    live: str | None


@dataclass(frozen=True, slots=True)
class Changed:
    """One deployment that somebody changed outside of git.

    Attributes:
        why: why this is no update that is still to come.
        last_write: None where Azure does not say.
    """

    circuit: str
    endpoint: str
    deployment: str
    differences: tuple[Difference, ...]
    why: str
    last_write: LastWrite | None


class Lost(NamedTuple):
    """An environment version that deployments run and nobody can get any more.

    Attributes:
        label: `name:version`.
        state: `missing` or `archived`; an archived one can still be used, and hides from lists.
        circuits: how many run it.
    """

    label: str
    state: str
    circuits: int


@dataclass(frozen=True, slots=True)
class DriftReport:
    """All drift of production.

    Attributes:
        missing: circuits without a deployment, which an apply cannot make.
        orphans: deployments on our environment that no config names.
        lost: sorted by label.
        to_come: circuits that wait for an apply or an approval, or are refused, which is no drift.
        unchanged: circuits that run what main asks for.
        unmanaged: circuits whose deployment cannot follow main, which is no drift either.
        is_enforced: whether the next apply overwrites what was changed.
    """

    changed: tuple[Changed, ...]
    missing: tuple[Action, ...]
    orphans: tuple[Action, ...]
    lost: tuple[Lost, ...]
    to_come: int
    unchanged: int
    is_enforced: bool = False
    unmanaged: tuple[Action, ...] = ()

    @property
    def found(self) -> bool:
        """Tell whether there is any drift."""
        return bool(self.changed or self.missing or self.orphans or self.lost)


def drift_report(plan: Plan, lost: Iterable[Lost], *, is_enforced: bool) -> DriftReport:
    """Return the drift in `plan`, which must have been made as if policy did not enforce."""
    return DriftReport(
        changed=tuple(_changed(action) for action in plan.of_kind(ActionKind.DRIFTED)),
        missing=plan.of_kind(ActionKind.MISSING),
        orphans=plan.of_kind(ActionKind.ORPHAN),
        lost=tuple(sorted(lost)),
        to_come=len(plan.of_kind(*_TO_COME)),
        unchanged=plan.counts[ActionKind.UNCHANGED],
        is_enforced=is_enforced,
        unmanaged=plan.unmanaged,
    )


def running_versions(plan: Plan) -> dict[str, int]:
    """Return which environments circuits run as main asks, by id, and how many run each."""
    found: dict[str, int] = {}
    for action in plan.of_kind(ActionKind.UNCHANGED):
        if action.environment_id is not None:
            found[action.environment_id] = found.get(action.environment_id, 0) + 1
    return found


def _changed(action: Action) -> Changed:
    live = action.live
    pairs = (
        Difference("environment", action.environment_id, live.environment_id if live else None),
        Difference("model", action.model_id, live.model_id if live else None),
    )
    return Changed(
        circuit=str(action.circuit),
        endpoint=action.endpoint,
        deployment=action.deployment,
        differences=tuple(one for one in pairs if not is_same_asset(one.git, one.live)),
        why=action.reason,
        last_write=live.last_write if live else None,
    )

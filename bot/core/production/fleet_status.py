"""The fleet as it is: what each circuit runs, what git asks of it, and whether the two agree."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from bot.core import asset_id
from bot.core.config.circuit import CircuitConfig, CircuitId
from bot.core.production.plan import Action, ActionKind, Plan


@dataclass(frozen=True, slots=True)
class CircuitStatus:
    """One circuit.

    Attributes:
        runs: the live environment as `name:version`; `none` without a deployment.
        wants: the version that git asks for.
        pinned: production is held at a version of its own.
        state: the plan's word for it.
        reason: one sentence.
    """

    circuit: CircuitId
    runs: str
    model: str
    wants: str
    pinned: bool
    state: ActionKind
    reason: str


@dataclass(frozen=True, slots=True)
class FleetStatus:
    """Every circuit that git knows, sorted, and how many live deployments it does not know."""

    circuits: tuple[CircuitStatus, ...]
    orphans: int

    @property
    def versions(self) -> Mapping[str, int]:
        """Return how many circuits run each environment, the most frequent first."""
        return dict(Counter(one.runs for one in self.circuits).most_common())

    @property
    def converged(self) -> bool:
        """Tell whether every circuit runs what git asks for."""
        return all(one.state is ActionKind.UNCHANGED for one in self.circuits)


def fleet_status(plan: Plan, configs: Mapping[CircuitId, CircuitConfig]) -> FleetStatus:
    """Return the fleet that a plan has compared."""
    circuits = tuple(
        _status(action, configs[action.circuit])
        for action in plan.actions
        if action.circuit is not None and action.circuit in configs
    )
    ordered = tuple(sorted(circuits, key=lambda one: one.circuit))
    return FleetStatus(ordered, len(plan.of_kind(ActionKind.ORPHAN)))


def _status(action: Action, config: CircuitConfig) -> CircuitStatus:
    live = action.live
    return CircuitStatus(
        circuit=config.id,
        runs=asset_id.label(live.environment_id) if live else "none",
        model=asset_id.label(live.model_id) if live else "none",
        wants=config.production_version,
        pinned=config.deployment_version is not None,
        state=action.kind,
        reason=action.reason,
    )

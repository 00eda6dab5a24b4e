"""The fleet as it is: what each circuit runs, what git asks of it, and what is wrong."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bot.core import asset_id
from bot.core.config.circuit import CircuitConfig, CircuitId
from bot.core.production.action import Action, ActionKind
from bot.core.production.deployment import LiveDeployment
from bot.core.production.journal import Journal
from bot.core.production.lease import Lease
from bot.core.production.plan import Plan
from bot.core.refusal import Refusal


class State(StrEnum):
    """How one circuit stands, what is worst first."""

    FAILING = "failing"  # its last update ended as failed or canceled
    DRIFTED = "drifted"  # somebody changed it outside of git
    HELD_BACK = "held back"  # main asks for something that may not be written
    MISSING = "missing"  # main asks for it, it is not there, and no apply can make it
    IN_PROGRESS = "in progress"  # an operation is running on it in Azure
    WAITING = "waiting"  # main asks for something else, and no apply has written it yet
    NOT_MANAGED = "not managed"  # a deployment without an environment of its own
    AS_ASKED = "as asked"


NEEDS_SOMEBODY = (State.FAILING, State.DRIFTED, State.HELD_BACK, State.MISSING)
"""The states that no apply mends by itself."""

_FAILED = frozenset({"failed", "canceled"})
_STATES = {
    ActionKind.CREATE: State.WAITING,
    ActionKind.UPDATE: State.WAITING,
    ActionKind.UNCHANGED: State.AS_ASKED,
    ActionKind.MISSING: State.MISSING,
    ActionKind.NOT_MANAGED: State.NOT_MANAGED,
    ActionKind.DRIFTED: State.DRIFTED,
    ActionKind.UNAPPROVED: State.HELD_BACK,
    ActionKind.REFUSED: State.HELD_BACK,
}


@dataclass(frozen=True, slots=True)
class CircuitStatus:
    """One circuit.

    Attributes:
        runs: the live environment as `name:version`; `none` without a deployment.
        model: the live model, likewise.
        wants: the version that git asks for.
        pinned: production is held at a version of its own.
        reason: one sentence.
    """

    circuit: CircuitId
    runs: str
    model: str
    wants: str
    pinned: bool
    state: State
    reason: str


@dataclass(frozen=True, slots=True)
class Release:
    """The release of main that an apply has begun to write, by its journal.

    Attributes:
        began: ISO 8601, as the journal has it.
        run: the page of the run that began it; empty for one outside of Actions.
        total: how many deployments it set out to write.
        left: how many of them are not as main asks.
    """

    began: str
    run: str
    total: int
    left: int


@dataclass(frozen=True, slots=True)
class FleetStatus:
    """Every circuit that git knows, sorted, and what goes on around them.

    Attributes:
        main: the commit that says what the circuits should run.
        read_at: when Azure was asked.
        orphans: live deployments on our environment that no config names, `endpoint/deployment`.
        errors: what keeps the whole plan from being applied.
        writer: who holds production now, be it a run that was killed meanwhile, since that takes
            GitHub to tell; None when nobody does.
        release: None when no apply of this main wrote anything.
        unreadable: refs of envbot that hold something else than they should.
    """

    circuits: tuple[CircuitStatus, ...]
    main: str
    read_at: datetime
    orphans: tuple[str, ...] = ()
    errors: tuple[Refusal, ...] = ()
    writer: Lease | None = None
    release: Release | None = None
    unreadable: tuple[str, ...] = ()

    @property
    def counts(self) -> Mapping[State, int]:
        """Return how many circuits are in each state, zeros included, the worst first."""
        found = Counter(one.state for one in self.circuits)
        return {state: found[state] for state in State}

    @property
    def versions(self) -> Mapping[str, int]:
        """Return how many circuits run each environment, the most frequent first."""
        found = Counter(one.runs for one in self.circuits)
        return dict(sorted(found.items(), key=lambda item: (-item[1], item[0])))

    @property
    def converged(self) -> bool:
        """Tell whether every circuit runs what git asks for."""
        return all(one.state is State.AS_ASKED for one in self.circuits)

    @property
    def unlike(self) -> tuple[CircuitStatus, ...]:
        """Return the circuits that are not as git asks, the worst first."""
        return tuple(
            one for state in State if state is not State.AS_ASKED for one in self.in_state(state)
        )

    def in_state(self, state: State) -> tuple[CircuitStatus, ...]:
        """Return the circuits in one state, sorted."""
        return tuple(one for one in self.circuits if one.state is state)


def circuit_statuses(
    plan: Plan, configs: Mapping[CircuitId, CircuitConfig]
) -> tuple[CircuitStatus, ...]:
    """Return how every circuit of a plan stands, sorted by circuit."""
    circuits = (
        _status(action, configs[action.circuit])
        for action in plan.actions
        if action.circuit is not None and action.circuit in configs
    )
    return tuple(sorted(circuits, key=lambda one: one.circuit))


def orphans(plan: Plan) -> tuple[str, ...]:
    """Return the live deployments on our environment that no config names."""
    found = plan.of_kind(ActionKind.ORPHAN)
    return tuple(f"{action.endpoint}/{action.deployment}" for action in found)


def release_of(journal: Journal | None, circuits: Iterable[CircuitStatus]) -> Release | None:
    """Return how far the release of a journal is; None without a journal."""
    if journal is None:
        return None
    done = {one.circuit for one in circuits if one.state is State.AS_ASKED}
    left = sum((entry.plant, entry.circuit) not in done for entry in journal.entries)
    return Release(journal.created_at, journal.run_id, len(journal.entries), left)


def _status(action: Action, config: CircuitConfig) -> CircuitStatus:
    live = action.live
    return CircuitStatus(
        circuit=config.id,
        runs=asset_id.label(live.environment_id) if live else "none",
        model=asset_id.label(live.model_id) if live else "none",
        wants=config.production_version,
        pinned=config.deployment_version is not None,
        state=_state(action, live),
        reason=action.reason,
    )


def _state(action: Action, live: LiveDeployment | None) -> State:
    """Return the state; what Azure says of the last operation goes before what git asks."""
    planned = _STATES[action.kind]
    if live is None or planned is State.NOT_MANAGED:
        return planned
    if live.provisioning_state.lower() in _FAILED:
        return State.FAILING
    return planned if live.is_settled else State.IN_PROGRESS

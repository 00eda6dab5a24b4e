"""Desired and live make the plan: what would be written to Azure Machine Learning, and why."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from operator import attrgetter
from typing import NamedTuple

from bot.core import asset_id
from bot.core.canonical import digest
from bot.core.config.circuit import CircuitId
from bot.core.production.action import WRITTEN, Action, ActionKind
from bot.core.production.deployment import DesiredDeployment, LiveDeployment
from bot.core.production.environment_state import refused_versions
from bot.core.production.plan_checks import Known, refusal_of
from bot.core.production.plan_creation import how_made, why_not_made
from bot.core.production.plan_limits import Limits, broken_limits
from bot.core.refusal import Refusal

FINGERPRINT_DIGITS = 12
"""How many digits of a fingerprint people read and type; an apply accepts no fewer."""

__all__ = [
    "FINGERPRINT_DIGITS",
    "Action",
    "ActionKind",
    "DesiredDeployment",
    "Known",
    "Limits",
    "LiveDeployment",
    "Plan",
    "make_plan",
]


class PlantShare(NamedTuple):
    """How many of a plant's circuits a plan would write, and how many there are."""

    written: int
    circuits: int

    def __str__(self) -> str:
        return f"{self.written} of {self.circuits}"


@dataclass(frozen=True, slots=True)
class Plan:
    """Sorted actions; nothing may be written while there are `errors`.

    Attributes:
        part_of: the fingerprint of the plan that this one shows a part of; empty for a whole one.
    """

    actions: tuple[Action, ...]
    errors: tuple[Refusal, ...]
    part_of: str = ""

    @property
    def counts(self) -> dict[ActionKind, int]:
        """Return the number of actions of every kind, zeros included."""
        found = Counter(action.kind for action in self.actions)
        return {kind: found[kind] for kind in ActionKind}

    @property
    def updates(self) -> tuple[Action, ...]:
        """Return what an apply writes, new ones too: nothing at all while there are errors."""
        return () if self.errors else self.of_kind(*WRITTEN)

    @property
    def busy(self) -> tuple[Action, ...]:
        """Return what cannot be written yet: another operation is running on it."""
        return tuple(action for action in self.actions if action.code == "DEPLOYMENT_BUSY")

    @property
    def unmanaged(self) -> tuple[Action, ...]:
        """Return what a config names and nothing can move: it has no environment of its own."""
        return tuple(action for action in self.of_kind(ActionKind.NOT_MANAGED) if action.circuit)

    @property
    def fingerprint(self) -> str:
        """Return the sha256 of all that an apply of this plan relies on, 64 hex digits.

        A part has that of the whole: no apply writes a part.
        """
        if self.part_of:
            return self.part_of
        errors = [error.code for error in self.errors]
        return digest([[action.essence for action in self.actions], errors])

    @property
    def short_fingerprint(self) -> str:
        """Return the digits of the fingerprint that people read and type."""
        return self.fingerprint[:FINGERPRINT_DIGITS]

    @property
    def plants(self) -> dict[str, PlantShare]:
        """Return for every plant how many of its circuits would be written, sorted by plant."""
        circuits = Counter(one.circuit.plant for one in self.actions if one.circuit)
        written = Counter(one.circuit.plant for one in self.of_kind(*WRITTEN) if one.circuit)
        return {plant: PlantShare(written[plant], circuits[plant]) for plant in sorted(circuits)}

    def of_kind(self, *kinds: ActionKind) -> tuple[Action, ...]:
        """Return the actions of these kinds, in the plan's order."""
        return tuple(action for action in self.actions if action.kind in kinds)

    def only(self, circuits: Collection[CircuitId]) -> "Plan":
        """Return the part of the plan that concerns these circuits; errors stay."""
        chosen = tuple(action for action in self.actions if action.circuit in circuits)
        return replace(self, actions=chosen, part_of=self.fingerprint)


def make_plan(
    desired: Iterable[DesiredDeployment],
    live: Iterable[LiveDeployment],
    *,
    known: Known,
    limits: Limits,
) -> Plan:
    """Return one action for every deployment that is desired or live, sorted by name.

    The result does not depend on the order of the inputs.
    """
    wanted = sorted(desired, key=lambda item: (item.key, item.circuit))
    found = {item.key: item for item in live}
    environments = _environments(wanted)
    actions = [
        *(_decide(item, found.get(item.key), known) for item in wanted),
        *_undesired(wanted, found, environments),
    ]
    actions.sort(key=attrgetter("key"))  # stable: circuits that share a name stay in order
    errors = broken_limits(
        wanted, found.values(), limits, known.endpoints or ()
    ) + refused_versions(actions)
    return Plan(tuple(actions), errors)


def _decide(desired: DesiredDeployment, live: LiveDeployment | None, known: Known) -> Action:
    if live is None:
        return _decide_new(desired, known)
    if reason := _why_not_managed(live):
        return _action(ActionKind.NOT_MANAGED, desired, live, reason)
    if _is_at(desired, live):
        return _action(ActionKind.UNCHANGED, desired, live, f"runs {desired.label}")
    return _decide_write(desired, live, known)


def _decide_write(desired: DesiredDeployment, live: LiveDeployment, known: Known) -> Action:
    drifted = known.drifted.get(desired.circuit, "")
    if drifted and live.is_settled and not known.enforces_drift:
        return _action(ActionKind.DRIFTED, desired, live, drifted)
    overwritten = f" (drift, which policy overwrites: {drifted})" if drifted else ""
    reason = _why_update(desired, live) + overwritten
    return _if_allowed(_action(ActionKind.UPDATE, desired, live, reason), desired, known)


def _decide_new(desired: DesiredDeployment, known: Known) -> Action:
    if reason := why_not_made(desired, known):
        return _action(ActionKind.MISSING, desired, None, reason)
    action = _action(ActionKind.CREATE, desired, None, how_made(desired, known))
    return _if_allowed(replace(action, blueprint=known.blueprint), desired, known)


def _if_allowed(write: Action, desired: DesiredDeployment, known: Known) -> Action:
    """Return `write`, or in its place what says why it may not be written."""
    if reason := known.unapproved.get(desired.circuit, ""):
        return replace(write, kind=ActionKind.UNAPPROVED, reason=reason, blueprint=None)
    if refused := refusal_of(desired, write.live, known):
        held = replace(write, kind=ActionKind.REFUSED, blueprint=None)
        return replace(held, code=refused.code, reason=refused.reason)
    return write


def _action(
    kind: ActionKind, desired: DesiredDeployment, live: LiveDeployment | None, reason: str
) -> Action:
    return Action(
        kind=kind,
        endpoint=desired.endpoint,
        deployment=desired.deployment,
        circuit=desired.circuit,
        code="",
        reason=reason,
        environment_id=desired.environment_id,
        model_id=desired.model_after(live),
        live=live,
    )


def _runs_model(desired: DesiredDeployment, live: LiveDeployment) -> bool:
    if desired.model_version is None or live.model_id is None:
        return desired.model_version is None
    model = asset_id.parse_asset_id(live.model_id)
    return model is None or model.version == desired.model_version


def _is_at(desired: DesiredDeployment, live: LiveDeployment) -> bool:
    return (
        asset_id.is_same_asset(desired.environment_id, live.environment_id)
        and _runs_model(desired, live)
        and live.has_succeeded
    )


def _why_update(desired: DesiredDeployment, live: LiveDeployment) -> str:
    after = desired.model_after(live)
    reasons = []
    if not asset_id.is_same_asset(desired.environment_id, live.environment_id):
        runs = asset_id.label(live.environment_id)
        if runs == desired.label:
            reasons.append(f"environment {live.environment_id} → {desired.environment_id}")
        else:
            reasons.append(f"environment {runs} → {desired.label}")
    if not _runs_model(desired, live):
        reasons.append(f"model {asset_id.label(live.model_id)} → {asset_id.label(after)}")
    if not reasons:
        reasons.append(f"its last update ended as {live.provisioning_state}")
    return "; ".join(reasons)


def _why_not_managed(live: LiveDeployment) -> str:
    if live.kind == "component":
        return "a pipeline-component deployment, which has no environment of its own"
    if live.environment_id is None:
        return "has no environment (an MLflow model brings its own)"
    return ""


def _undesired(
    wanted: Collection[DesiredDeployment],
    found: Mapping[tuple[str, str], LiveDeployment],
    environments: Collection[str],
) -> Iterable[Action]:
    named = {item.key for item in wanted}
    for live in (live for key, live in found.items() if key not in named):
        kind, reason = ActionKind.ORPHAN, "runs our environment, but no config names it"
        if (why := _why_not_managed(live)) or not _runs_one_of(environments, live):
            kind, reason = ActionKind.NOT_MANAGED, why or "no config names it or its environment"
        yield Action(kind, live.endpoint, live.deployment, None, "", reason, None, None, live)


def _environments(wanted: Iterable[DesiredDeployment]) -> frozenset[str]:
    return frozenset(item.environment for item in wanted)


def _runs_one_of(environments: Collection[str], live: LiveDeployment) -> bool:
    parsed = asset_id.parse_asset_id(live.environment_id or "")
    return parsed is not None and parsed.name in environments

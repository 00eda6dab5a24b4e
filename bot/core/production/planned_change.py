"""What a merge would change in production, from git alone: no call to Azure."""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from bot.core.asset_id import parse_asset_id
from bot.core.canonical import digest
from bot.core.config.circuit import CircuitId
from bot.core.production.deployment import DesiredDeployment

# After a change of one of these production runs another model, where one is named.
_OF_MODELS = frozenset({"circuit", "deployment", "endpoint", "model_version"})


class PlannedChange(NamedTuple):
    """One desired value that a merge would change; None stands for "not there"."""

    circuit: CircuitId
    field: str
    before: str | None
    after: str | None

    @property
    def keeps_model(self) -> bool:
        """Tell whether main only stops to name the model: production keeps what it runs (D9)."""
        return self.field == "model_version" and self.after is None


def changing_circuits(changes: Iterable[PlannedChange]) -> frozenset[CircuitId]:
    """Return the circuits in which production would change."""
    return frozenset(one.circuit for one in changes if not one.keeps_model)


def planned_changes(
    base: Iterable[DesiredDeployment], merged: Iterable[DesiredDeployment]
) -> tuple[PlannedChange, ...]:
    """Return what differs between the base and the merge result, by circuit and field.

    A circuit that comes or goes is the one change of field `circuit`.
    """
    before = {item.circuit: item for item in base}
    after = {item.circuit: item for item in merged}
    changes: list[PlannedChange] = []
    for circuit in sorted(before.keys() | after.keys()):
        changes.extend(_changes_of(circuit, before.get(circuit), after.get(circuit)))
    return tuple(changes)


def naming_models(
    changes: Iterable[PlannedChange], merged: Iterable[DesiredDeployment]
) -> tuple[DesiredDeployment, ...]:
    """Return those of the merge result that name a model which the merge newly asks for."""
    changed = {change.circuit for change in changes if change.field in _OF_MODELS}
    return tuple(one for one in merged if one.circuit in changed and one.model_version)


def actions_digest(changes: Iterable[PlannedChange]) -> str:
    """Return the sha256 over planned changes that approvals are bound to, 64 hex digits."""
    return digest([[str(item.circuit), *item[1:]] for item in sorted(changes, key=_order)])


def _order(change: PlannedChange) -> tuple[CircuitId, str]:
    return change.circuit, change.field


def _changes_of(
    circuit: CircuitId, before: DesiredDeployment | None, after: DesiredDeployment | None
) -> Iterator[PlannedChange]:
    if before is None or after is None:
        label_before, label_after = before.label if before else None, after.label if after else None
        yield PlannedChange(circuit, "circuit", label_before, label_after)
        return
    old, new = _values(before), _values(after)
    for name in old:
        if old[name] != new[name]:
            yield PlannedChange(circuit, name, old[name], new[name])


def _values(desired: DesiredDeployment) -> dict[str, str | None]:
    environment = parse_asset_id(desired.environment_id)
    return {
        "deployment": desired.deployment,
        "endpoint": desired.endpoint,
        "environment": desired.label,
        "environment_place": environment.place if environment else desired.environment_id,
        "model_version": desired.model_version,
    }

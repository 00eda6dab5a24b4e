"""Reads what is known of the models that production ran in what a rollback returns to."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from bot.core.asset_id import parse_asset_id
from bot.core.config.circuit import CircuitId
from bot.core.gates.rollback import Rollback
from bot.core.production.deployment import DesiredDeployment
from bot.core.production.parts import Part
from bot.core.production.returned_model import Then, why_held
from bot.handlers.last_changes import desired_at, last_changes
from bot.handlers.merges import Ledger

_TAG = "environment_version"


@dataclass(frozen=True, slots=True)
class _Past:
    desired: Mapping[CircuitId, DesiredDeployment]
    commits: Mapping[CircuitId, str]


@dataclass(slots=True)
class ReturnedModels:
    """Judges the models of rollbacks; what main held at one commit is read once."""

    ledger: Ledger
    _past: dict[str, _Past] = field(default_factory=dict)

    def objection(self, back: Rollback, desired: DesiredDeployment, model_id: str | None) -> str:
        """Return why the model may not run what `back` returns to; empty where it may."""
        model = parse_asset_id(model_id or "")
        if model is None or model_id is None:
            return ""
        past, circuit = self._read(back), desired.circuit
        then, commit = past.desired.get(circuit), past.commits.get(circuit)
        tested = self.ledger.tested_by(commit) if commit else None
        made_with = ""
        if tested is None:
            made_with = (self.ledger.cloud.model_tags("production", model_id) or {}).get(_TAG, "")
        named = then.model_version if then else None
        return why_held(model, desired, Then(named, tested, made_with))

    def _read(self, back: Rollback) -> _Past:
        """Return what main asked for then, and the commits that had last changed it."""
        if back.restores not in self._past:
            repository = self.ledger.context.repository
            newest_of_any = {one.circuit: frozenset[Part]() for one in back.circuits}
            found = last_changes(repository, back.restores, newest_of_any)
            self._past[back.restores] = _Past(
                desired_at(repository, back.restores),
                {circuit: change.commit for circuit, change in found.items()},
            )
        return self._past[back.restores]

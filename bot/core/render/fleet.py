"""The fleet for people and machines."""

import json
from collections import defaultdict

from bot.core.config.circuit import CircuitId
from bot.core.production.fleet_status import CircuitStatus, FleetStatus
from bot.core.production.plan import ActionKind
from bot.core.render.markdown import document, plural, table

FORMAT = 1


def fleet_report(fleet: FleetStatus, shape: str) -> str:
    """Return the fleet as `text`, `markdown` or `json`."""
    if shape == "json":
        return json.dumps(_content(fleet), indent=2) + "\n"
    if shape == "markdown":
        unlike = table(("Circuit", "Runs", "Wants", "Why"), map(_row, _unlike(fleet)))
        return document((f"## {_headline(fleet)}", _versions(fleet), unlike, _plants(fleet)))
    lines = [f"  ! {' '.join(_row(one))}" for one in _unlike(fleet)]
    plants = [f"  {plant}  {what}" for plant, what in _by_plant(fleet)]
    return "\n".join([*plants, *lines, _headline(fleet)]) + "\n"


def _headline(fleet: FleetStatus) -> str:
    shares = ", ".join(f"{count:,} on {name}" for name, count in fleet.versions.items())
    unlike = len(_unlike(fleet))
    state = "all as git asks" if not unlike else f"{unlike:,} not as git asks"
    return f"{plural(len(fleet.circuits), 'circuit')}: {shares}; {state}"


def _unlike(fleet: FleetStatus) -> list[CircuitStatus]:
    return [one for one in fleet.circuits if one.state is not ActionKind.UNCHANGED]


def _row(one: CircuitStatus) -> tuple[str, str, str, str]:
    pin = " (pinned)" if one.pinned else ""
    return str(one.circuit), one.runs, f"{one.wants}{pin}", one.reason


def _versions(fleet: FleetStatus) -> str:
    return table(("Environment", "Circuits"), ((k, f"{v:,}") for k, v in fleet.versions.items()))


def _plants(fleet: FleetStatus) -> str:
    return table(("Plant", "Circuits"), _by_plant(fleet))


def _by_plant(fleet: FleetStatus) -> list[tuple[str, str]]:
    """Return per plant which versions its circuits run, equal ones counted."""
    plants: dict[str, dict[str, list[CircuitId]]] = defaultdict(lambda: defaultdict(list))
    for one in fleet.circuits:
        plants[one.circuit.plant][one.runs].append(one.circuit)
    return [
        (plant, ", ".join(f"{len(circuits)} x {runs}" for runs, circuits in versions.items()))
        for plant, versions in plants.items()
    ]


def _content(fleet: FleetStatus) -> dict[str, object]:
    return {
        "format": FORMAT,
        "converged": fleet.converged,
        "versions": dict(fleet.versions),
        "orphans": fleet.orphans,
        "circuits": [
            {
                "circuit": str(one.circuit),
                "runs": one.runs,
                "model": one.model,
                "wants": one.wants,
                "pinned": one.pinned,
                "state": one.state.value,
                "reason": one.reason,
            }
            for one in fleet.circuits
        ],
    }

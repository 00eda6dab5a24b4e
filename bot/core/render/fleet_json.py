"""The fleet for machines; docs/status.md documents the shape."""

import json
from datetime import UTC, datetime

from bot.core.production.fleet_status import CircuitStatus, FleetStatus, Release
from bot.core.production.lease import Lease
from bot.core.refusal import Refusal

FORMAT = 1


def fleet_json(fleet: FleetStatus) -> str:
    """Return all that is known of the fleet; `format` is raised when a key changes its meaning."""
    content = {
        "format": FORMAT,
        "main": fleet.main,
        "read_at": _iso(fleet.read_at),
        "converged": fleet.converged,
        "counts": {state.value: count for state, count in fleet.counts.items()},
        "versions": dict(fleet.versions),
        "errors": [_error(one) for one in fleet.errors],
        "writer": _writer(fleet.writer),
        "release": _release(fleet.release),
        "unreadable": list(fleet.unreadable),
        "orphans": list(fleet.orphans),
        "circuits": [_circuit(one) for one in fleet.circuits],
    }
    return json.dumps(content, indent=2) + "\n"


def _circuit(one: CircuitStatus) -> dict[str, object]:
    return {
        "plant": one.circuit.plant,
        "circuit": one.circuit.circuit,
        "state": one.state.value,
        "runs": one.runs,
        "wants": one.wants,
        "pinned": one.pinned,
        "model": one.model,
        "reason": one.reason,
    }


def _error(one: Refusal) -> dict[str, object]:
    return {"code": one.code, "headline": one.headline, "facts": list(one.facts), "next": one.next}


def _writer(lease: Lease | None) -> dict[str, object] | None:
    if lease is None:
        return None
    return {"run": lease.owner, "until": _iso(lease.expires_at)}


def _release(release: Release | None) -> dict[str, object] | None:
    if release is None:
        return None
    return {
        "began": release.began,
        "run": release.run,
        "total": release.total,
        "left": release.left,
    }


def _iso(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="seconds")

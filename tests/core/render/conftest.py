"""Fleets to render."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from bot.core.config.circuit import CircuitId
from bot.core.production.fleet_status import CircuitStatus, FleetStatus, State

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
MakeFleet = Callable[..., FleetStatus]


@pytest.fixture
def make_circuit() -> Callable[..., CircuitStatus]:
    """Return what makes one circuit by its number; nine are a plant."""

    def make(number: int, state: State = State.AS_ASKED, **more: Any) -> CircuitStatus:
        told: dict[str, Any] = {
            "runs": "custom-tf-env:1.5.1",
            "model": "sensor:5",
            "wants": "1.5.1",
            "pinned": False,
            "reason": "runs custom-tf-env:1.5.1",
        }
        name = CircuitId(f"P{number // 9 + 1:04}", f"C{number % 9 + 1:03}")
        return CircuitStatus(circuit=name, state=state, **{**told, **more})

    return make


@pytest.fixture
def make_fleet() -> MakeFleet:
    """Return what makes a fleet of some circuits, and of whatever goes on around them."""

    def make(*circuits: CircuitStatus, **around: Any) -> FleetStatus:
        more: dict[str, Any] = {"main": "4f1c9e2b77aa", "read_at": NOON, **around}
        return FleetStatus(circuits, **more)

    return make

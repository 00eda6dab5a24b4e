"""The fleet by plant: which versions run there, and how much of it is not as git asks."""

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from bot.core.production.fleet_status import NEEDS_SOMEBODY, CircuitStatus, FleetStatus, State


@dataclass(frozen=True, slots=True)
class PlantStatus:
    """One plant.

    Attributes:
        versions: how many of its circuits run each environment, the most frequent first.
        unlike: how many are not as git asks.
        urgent: how many of those need somebody.
    """

    plant: str
    versions: Mapping[str, int]
    unlike: int
    urgent: int

    @property
    def circuits(self) -> int:
        """Return how many circuits it has."""
        return sum(self.versions.values())


def plants(fleet: FleetStatus) -> tuple[PlantStatus, ...]:
    """Return every plant, sorted by name."""
    found: dict[str, list[CircuitStatus]] = defaultdict(list)
    for one in fleet.circuits:
        found[one.circuit.plant].append(one)
    return tuple(_plant(name, circuits) for name, circuits in sorted(found.items()))


def unlike_plants(fleet: FleetStatus) -> tuple[PlantStatus, ...]:
    """Return the plants where something is not as asked, or that run several versions.

    The worst come first: those that need somebody, then those with most that is not as asked.
    """
    found = [one for one in plants(fleet) if one.unlike or len(one.versions) > 1]
    return tuple(sorted(found, key=lambda one: (-one.urgent, -one.unlike, one.plant)))


def _plant(name: str, circuits: list[CircuitStatus]) -> PlantStatus:
    versions = Counter(one.runs for one in circuits)
    return PlantStatus(
        plant=name,
        versions=dict(sorted(versions.items(), key=lambda item: (-item[1], item[0]))),
        unlike=sum(one.state is not State.AS_ASKED for one in circuits),
        urgent=sum(one.state in NEEDS_SOMEBODY for one in circuits),
    )

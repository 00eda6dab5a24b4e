"""Finds the commits of main that last changed what each circuit asks of production."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from bot.core.config.circuit import CircuitId, read_fleet
from bot.core.config.platform import read_platform
from bot.core.production.deployment import DesiredDeployment
from bot.core.production.desired import desired_deployments
from bot.core.production.parts import Part
from bot.errors import InvalidFileError
from bot.handlers.context import PLATFORM
from bot.handlers.past_asked import FIRST_LOOK, PastAsked, read_past
from bot.handlers.ports import Repository


@dataclass(frozen=True, slots=True)
class LastChange:
    """Where on main the values of one circuit come from.

    Attributes:
        commit: the newest commit that changed any of them, those of the platform included.
        parts: the commit that last changed each part that was asked for, and each that changed
            since, newest first.
    """

    commit: str
    parts: Mapping[Part, str]


def last_changes(
    repository: Repository, main: str, wanted: Mapping[CircuitId, Collection[Part]]
) -> dict[CircuitId, LastChange]:
    """Return the newest first-parent commits up to `main` that changed what circuits ask for.

    A change of the platform moves circuits as well: they ask for another registry or endpoint.
    A circuit of which one of the parts has no known origin is missing.
    """
    found: dict[CircuitId, LastChange] = {}
    for most in (FIRST_LOOK, None):
        left = [one for one in wanted if one not in found]
        for past in read_past(repository, main, left, most):
            told = {one: _last_change(past, one, wanted[one]) for one in past.circuits}
            found |= {one: change for one, change in told.items() if change}
    return found


def _last_change(
    past: PastAsked, circuit: CircuitId, wanted: Collection[Part]
) -> LastChange | None:
    """Return where the circuit's values come from; None if what was read tells it in part only."""
    asked, parts = past.asked(circuit), past.last_changed(circuit, wanted)
    if not asked or not parts.keys() >= set(wanted):
        return None
    return LastChange(asked[0].commit, parts)


def desired_at(repository: Repository, commit: str) -> dict[CircuitId, DesiredDeployment]:
    """Return what a commit asks of production; what cannot be read asks for nothing."""
    if not commit:
        return {}
    tree = repository.read(commit, "config")
    file = tree.get(PLATFORM)
    try:
        platform = read_platform(file.data) if file else None
    except InvalidFileError:
        platform = None
    if platform is None:
        return {}
    circuits = read_fleet(tree).circuits.values()
    return {one.circuit: one for one in desired_deployments(circuits, platform)}

"""Finds the commit of main that last changed what each circuit asks of production."""

from bot.core.config.circuit import CircuitId, read_fleet
from bot.core.config.platform import read_platform
from bot.core.production.deployment import DesiredDeployment
from bot.core.production.desired import desired_deployments
from bot.errors import InvalidFileError
from bot.handlers.context import PLATFORM
from bot.handlers.ports import Repository


def last_changes(
    repository: Repository, main: str, circuits: frozenset[CircuitId]
) -> dict[CircuitId, str]:
    """Return the newest first-parent commit up to `main` that changed what each circuit asks for.

    A change of the platform moves circuits as well: they ask for another registry or endpoint.
    """
    left = set(circuits)
    found: dict[CircuitId, str] = {}
    for entry in repository.history(main, ["config/plants", PLATFORM]):
        before = desired_at(repository, entry.before)
        after = desired_at(repository, entry.commit)
        changed = {one for one in left if before.get(one) != after.get(one)}
        found |= dict.fromkeys(changed, entry.commit)
        left -= changed
        if not left:
            break
    return found


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

"""Reads what main held before, and lets core say whether a pull request only returns to it."""

from collections.abc import Iterator

from bot.core.config.circuit import CircuitId, read_fleet
from bot.core.environment_layout import SPEC_PATH
from bot.core.gates.circuit_values import CircuitValues, circuit_values
from bot.core.gates.rollback import NotRollback, PastCommit, PullChanges, Rollback
from bot.core.gates.rollback import recognise as recognise_changes
from bot.core.pull_request import PullRequest
from bot.core.tree import Tree
from bot.handlers.context import Context
from bot.handlers.ports import Repository

# A rollback to something older than this is a release of its own.
_LOOK_BACK = 50
_READ_AT_MOST = 20


def recognise_rollback(context: Context, pull: PullRequest) -> Rollback | NotRollback | None:
    """Return the rollback that merging `pull` would be; None for an ordinary pull request.

    One that only looks like a rollback, because environment/ returns to what main had before, comes
    with the file that disqualifies it.
    """
    repository, main = context.repository, context.rules.main
    merged = repository.merge_tree(main, pull.head)
    if merged is None:
        return None
    changes = PullChanges(
        base=repository.read(main, "config", SPEC_PATH),
        head=repository.read(merged, "config", SPEC_PATH),
        paths=repository.changed_paths(main, merged),
        environment_tree=repository.tree_id(merged, "environment"),
    )
    past = tuple(_past(repository, main, changes.environment_tree))
    found = recognise_changes(changes, past)
    if isinstance(found, Rollback):
        return found
    returns = any(one.environment_tree == changes.environment_tree for one in past)
    moves = any(path.startswith("environment/") for path in changes.paths)
    return found if returns and moves else None


def _past(repository: Repository, main: str, environment: str) -> Iterator[PastCommit]:
    """Yield what main held before each of its latest changes, newest first.

    Circuits are read only where `environment/` was as it would be again: nothing else can fit.
    """
    read = 0
    for entry in repository.history(main, ["environment", "config/plants"])[:_LOOK_BACK]:
        if not entry.before:
            return
        tree_id = repository.tree_id(entry.before, "environment")
        fits = tree_id == environment and read < _READ_AT_MOST
        read += fits
        circuits = _values(repository.read(entry.before, "config")) if fits else {}
        yield PastCommit(entry.before, tree_id, circuits)


def _values(tree: Tree) -> dict[CircuitId, CircuitValues]:
    return {
        circuit.id: circuit_values(tree[circuit.path])
        for circuit in read_fleet(tree).circuits.values()
    }

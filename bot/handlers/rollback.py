"""Reads what main held before, and lets core say whether a pull request only returns to it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from bot.core.config.circuit import CircuitConfig, CircuitId, read_fleet
from bot.core.config.layout import PLANTS
from bot.core.environment_layout import SPEC_PATH
from bot.core.gates.circuit_values import CircuitValues, circuit_values
from bot.core.gates.rollback import NotRollback, PastCommit, PullChanges, Rollback
from bot.core.gates.rollback import recognise as recognise_changes
from bot.core.history import HistoryEntry
from bot.core.pull_request import PullRequest
from bot.core.tree import Tree
from bot.handlers.context import Context
from bot.handlers.ports import Repository

_FOLDER = "environment"
# A rollback to something older than this is a release of its own.
_RELEASES = 50
_STATES = 50


def recognise_rollback(context: Context, pull: PullRequest) -> Rollback | NotRollback | None:
    """Return the rollback that merging `pull` would be; None for an ordinary pull request.

    One that only looks like a rollback, because environment/ returns to what main had before, comes
    with the file that disqualifies it.
    """
    changes = _changes(context, pull)
    if changes is None:
        return None
    past = _past(context, changes)
    found = recognise_changes(changes, past.commits, looked_at=past.looked_at)
    moves = any(path.startswith(f"{_FOLDER}/") for path in changes.paths)
    return found if isinstance(found, Rollback) or (past.commits and moves) else None


def why_no_rollback(context: Context, pull: PullRequest) -> str:
    """Return why merging `pull` would be no rollback, as a clause; empty where it would be one."""
    changes = _changes(context, pull)
    if changes is None:
        return "conflicts with main"
    past = _past(context, changes)
    found = recognise_changes(changes, past.commits, looked_at=past.looked_at)
    return found.reason if isinstance(found, NotRollback) else ""


def _changes(context: Context, pull: PullRequest) -> PullChanges | None:
    repository, main = context.repository, context.rules.main
    merged = repository.merge_tree(main, pull.head)
    if merged is None:
        return None
    return PullChanges(
        base=repository.read(main, "config", SPEC_PATH),
        head=repository.read(merged, "config", SPEC_PATH),
        paths=repository.changed_paths(main, merged),
        environment_tree=repository.tree_id(merged, _FOLDER),
    )


@dataclass(frozen=True, slots=True)
class _Past:
    """What main held, newest first, and what of main that covers if it is not all of it."""

    commits: Sequence[PastCommit]
    looked_at: str = ""


def _past(context: Context, changes: PullChanges) -> _Past:
    """Return what main held before its latest changes, where `environment/` was as it would be.

    Only commits that changed `environment/` or one of these circuits are looked at: between two of
    them all is alike that decides. However often others are retrained, they count for nothing.
    """
    repository, main = context.repository, context.rules.main
    states, changed = _States(repository), frozenset(changes.paths)
    commits: list[PastCommit] = []
    releases = 0
    tree_id = repository.tree_id(main, _FOLDER)
    for entry in repository.history(main, [_FOLDER, PLANTS]):
        if not entry.before:
            break
        if not (_moves_environment(entry) or changed.intersection(entry.paths)):
            continue
        if _moves_environment(entry):
            releases += 1
            if releases > _RELEASES:
                return _Past(commits, f"its last {_RELEASES} changes of environment/")
            tree_id = repository.tree_id(entry.before, _FOLDER)
        if tree_id == changes.environment_tree:
            if len(commits) == _STATES:
                return _Past(commits, f"the last {_STATES} states of these circuits")
            commits.append(PastCommit(entry.before, tree_id, states.at(entry.before)))
    return _Past(commits)


def _moves_environment(entry: HistoryEntry) -> bool:
    return any(path.startswith(f"{_FOLDER}/") for path in entry.paths)


@dataclass(slots=True)
class _States:
    """Reads the circuits of many commits; each content of a file is read once."""

    repository: Repository
    _configs: dict[tuple[str, str], CircuitConfig] = field(default_factory=dict)
    _values: dict[str, CircuitValues] = field(default_factory=dict)

    def at(self, commit: str) -> Mapping[CircuitId, CircuitValues]:
        tree = self.repository.read(commit, "config")
        fleet = read_fleet(tree, self._configs).circuits.values()
        return {circuit.id: self._of(tree, circuit.path) for circuit in fleet}

    def _of(self, tree: Tree, path: str) -> CircuitValues:
        file = tree[path]
        if file.oid not in self._values:
            self._values[file.oid] = circuit_values(file)
        return self._values[file.oid]

"""Recognise the pull request that only takes back what main had before.

A rollback skips evidence and tests, so nothing may ride along: whatever is not provably a return
to one earlier commit of main makes it an ordinary pull request (design, §3). So does a version
that rises: taking a rollback back is a release, and passes a release's gates.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from bot.core.config.circuit import CircuitId, circuit_path
from bot.core.config.layout import PLANTS
from bot.core.environment_layout import SPEC_PATH
from bot.core.gates.circuit_values import VERSION_FIELDS, CircuitValues, circuit_values, shown
from bot.core.tree import File, Tree
from bot.errors import InvalidFileError

_ENVIRONMENT = "environment/"
_CIRCUIT_FILE = re.compile(rf"{PLANTS}/(?P<plant>[^/]+)/(?P<circuit>[^/]+)\.yml")


@dataclass(frozen=True, slots=True)
class PullChanges:
    """What a pull request changes.

    Attributes:
        base: `environment.yml` and the configs of main that it would be merged into.
        head: the files of its head.
        paths: every path that differs between the two, of whatever folder.
        environment_tree: git's id of the folder `environment/` at the head.
    """

    base: Tree
    head: Tree
    paths: tuple[str, ...]
    environment_tree: str


@dataclass(frozen=True, slots=True)
class PastCommit:
    """What an earlier commit of main held.

    Attributes:
        environment_tree: git's id of `environment/` there.
        circuits: the values of every circuit there, as `circuit_values` reads them.
    """

    commit: str
    environment_tree: str
    circuits: Mapping[CircuitId, CircuitValues]


@dataclass(frozen=True, slots=True)
class CircuitReturn:
    """A value that a circuit returns to; None stands for "not there"."""

    circuit: CircuitId
    field: str
    before: str | None
    after: str | None


@dataclass(frozen=True, slots=True)
class MovedOn:
    """A circuit whose version has changed since, and that is left alone."""

    circuit: CircuitId
    field: str
    then: str | None
    now: str | None


@dataclass(frozen=True, slots=True)
class Rollback:
    """A pull request that returns to `restores`, a commit of main.

    Attributes:
        moved_on: the circuits that are left alone.
        kept_models: the circuits that return, but with another model than main named then.
    """

    restores: str
    circuits: tuple[CircuitReturn, ...]
    moved_on: tuple[MovedOn, ...]
    kept_models: tuple[MovedOn, ...] = ()


@dataclass(frozen=True, slots=True)
class NotRollback:
    """An ordinary pull request: `path` disqualifies it, because of `reason` (a clause).

    The path is untrusted text.
    """

    path: str
    reason: str


def recognise(
    pull: PullChanges, history: Sequence[PastCommit], *, looked_at: str = ""
) -> Rollback | NotRollback:
    """Return what the pull request takes back, or the file that makes it an ordinary one.

    Args:
        pull: what it changes.
        history: earlier commits of main without its head, newest first. The newest that fits is
            the one restored.
        looked_at: how much of main the history covers; empty for all of it.
    """
    stranger = next((path for path in sorted(pull.paths) if not _may_change(path)), None)
    if stranger is not None:
        return NotRollback(stranger, "is neither environment, circuit, evidence nor CHANGELOG")
    try:
        changes = _circuit_changes(pull)
    except _UnreadableError as error:
        return NotRollback(error.path, "cannot be read as a circuit's config")
    environment = [path for path in sorted(pull.paths) if path.startswith(_ENVIRONMENT)]
    if not changes and not environment:
        return NotRollback((*pull.paths, "")[0], "is all that changes; nothing is taken back")
    raised = _raised(pull, changes)
    if raised is not None:
        return raised
    earlier = [past for past in history if past.environment_tree == pull.environment_tree]
    fitting = next((past for past in earlier if not _misfits(changes, past)), None)
    if fitting is None:
        path = environment[0] if environment else _ENVIRONMENT
        return _nearest_miss(changes, earlier, looked_at) or _strange(path, looked_at)
    circuits = tuple(
        replace(change, before=shown(change.before), after=shown(change.after))
        for change in changes
    )
    moved = tuple(_differing(pull.base, fitting, VERSION_FIELDS))
    returning = {change.circuit for change in changes}
    kept = _differing(pull.head, fitting, ("deployment.model_version",))
    return Rollback(
        restores=fitting.commit,
        circuits=circuits,
        moved_on=tuple(one for one in moved if one.circuit not in returning),
        kept_models=tuple(one for one in kept if one.circuit in returning),
    )


class _UnreadableError(Exception):
    def __init__(self, path: str) -> None:
        super().__init__(path)
        self.path = path


def _may_change(path: str) -> bool:
    if path.startswith((_ENVIRONMENT, "evidence/")) or path == "CHANGELOG.md":
        return True
    return _CIRCUIT_FILE.fullmatch(path) is not None


def _circuit_changes(pull: PullChanges) -> tuple[CircuitReturn, ...]:
    found: list[CircuitReturn] = []
    for path in pull.paths:
        matched = _CIRCUIT_FILE.fullmatch(path)
        if matched is None:
            continue
        circuit = CircuitId(matched["plant"], matched["circuit"])
        try:
            before = circuit_values(pull.base.get(path))
            after = circuit_values(pull.head.get(path))
        except InvalidFileError:
            raise _UnreadableError(path) from None
        found += [
            CircuitReturn(circuit, field, before.get(field), after.get(field))
            for field in before.keys() | after.keys()
            if before.get(field) != after.get(field)
        ]
    return tuple(sorted(found, key=lambda change: (change.circuit, change.field)))


def _misfits(changes: Sequence[CircuitReturn], past: PastCommit) -> list[CircuitReturn]:
    return [
        change
        for change in changes
        if past.circuits.get(change.circuit, {}).get(change.field) != change.after
    ]


def _strange(path: str, looked_at: str) -> NotRollback:
    if looked_at:
        return NotRollback(path, f"leaves environment/ as main did not have it in {looked_at}")
    return NotRollback(path, "leaves environment/ as no earlier commit of main had it")


def _nearest_miss(
    changes: Sequence[CircuitReturn], earlier: Sequence[PastCommit], looked_at: str
) -> NotRollback | None:
    """Return the first value that keeps it from being a return; None if there is nothing like it.

    Where only a part of main was looked at, it may be a return to something older.
    """
    if not earlier:
        return None
    past = min(earlier, key=lambda commit: len(_misfits(changes, commit)))
    first = _misfits(changes, past)[0]
    return NotRollback(
        circuit_path(first.circuit),
        f"sets a value that main did not hold at {past.commit[:12]}"
        + (f", nor in {looked_at}" if looked_at else ""),
    )


def _differing(tree: Tree, past: PastCommit, fields: Sequence[str]) -> Iterator[MovedOn]:
    """Yield which circuits of `past` have other values in `tree`."""
    for circuit, then in sorted(past.circuits.items()):
        try:
            now = circuit_values(tree.get(circuit_path(circuit)))
        except InvalidFileError:
            continue  # the review of main's configs reports it
        for field in fields:
            if then.get(field) != now.get(field):
                yield MovedOn(circuit, field, shown(then.get(field)), shown(now.get(field)))


def _raised(pull: PullChanges, changes: Sequence[CircuitReturn]) -> NotRollback | None:
    """Return the file in which a version rises, if there is one."""
    before, after = (_declared(tree.get(SPEC_PATH)) for tree in (pull.base, pull.head))
    moves = [(SPEC_PATH, before, after)]
    moves += [
        (circuit_path(one.circuit), one.before, one.after)
        for one in changes
        if one.field in VERSION_FIELDS
    ]
    for path, old, new in moves:
        if _numbers(old) and _numbers(new) > _numbers(old):
            return NotRollback(path, f"raises a version, {shown(old)} → {shown(new)}")
    return None


def _declared(spec: File | None) -> str | None:
    try:
        return circuit_values(spec).get("version")
    except InvalidFileError:
        return None


def _numbers(value: str | None) -> tuple[int, ...]:
    """Return what versions are ordered by; empty for what is none."""
    parts = (shown(value) or "").split(".")
    return tuple(map(int, parts)) if all(part.isdecimal() for part in parts) else ()

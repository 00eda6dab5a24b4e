"""Recognise the pull request that only takes back what main had before.

A rollback skips evidence and tests, so nothing may ride along: whatever is not provably a return
to one earlier commit of main makes it an ordinary pull request (design, §3).
"""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias

from bot.core.config.circuit import CircuitId, circuit_path
from bot.core.config.layout import PLANTS
from bot.core.tree import REGULAR, File, Tree
from bot.core.yaml.reader import read
from bot.errors import InvalidFileError

# Every value of a circuit's config by dotted key, as canonical JSON; empty for a missing file.
CircuitValues: TypeAlias = Mapping[str, str]

VERSION_FIELDS = (
    "training.environment_version",
    "deployment.environment_version",
    "deployment.model_version",
)
_ENVIRONMENT = "environment/"
_CIRCUIT_FILE = re.compile(rf"{PLANTS}/(?P<plant>[^/]+)/(?P<circuit>[^/]+)\.yml")


@dataclass(frozen=True, slots=True)
class PullChanges:
    """What a pull request changes.

    Attributes:
        base: the files of main that it would be merged into.
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
    """A pull request that returns to `restores`, a commit of main."""

    restores: str
    circuits: tuple[CircuitReturn, ...]
    moved_on: tuple[MovedOn, ...]


@dataclass(frozen=True, slots=True)
class NotRollback:
    """An ordinary pull request: `path` disqualifies it, because of `reason` (a clause).

    The path is untrusted text.
    """

    path: str
    reason: str


def circuit_values(file: File | None) -> CircuitValues:
    """Return every value of a circuit's config by its dotted key.

    Raises:
        InvalidFileError: the file is not a regular one, or not the restricted YAML.
    """
    if file is None:
        return {}
    if file.mode != REGULAR:
        raise InvalidFileError([])
    return dict(_leaves(read(file.data, file.path).value, ""))


def recognise(pull: PullChanges, history: Sequence[PastCommit]) -> Rollback | NotRollback:
    """Return what the pull request takes back, or the file that makes it an ordinary one.

    Args:
        pull: what it changes.
        history: earlier commits of main without its head, newest first. The newest that fits is
            the one restored.
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
    earlier = [past for past in history if past.environment_tree == pull.environment_tree]
    if not earlier:
        path = environment[0] if environment else _ENVIRONMENT
        return NotRollback(path, "leaves environment/ as no earlier commit of main had it")
    fitting = next((past for past in earlier if not _misfits(changes, past)), None)
    if fitting is None:
        return _nearest_miss(changes, earlier)
    shown = tuple(
        replace(change, before=_shown(change.before), after=_shown(change.after))
        for change in changes
    )
    return Rollback(fitting.commit, shown, _moved_on(pull, changes, fitting))


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


def _nearest_miss(changes: Sequence[CircuitReturn], earlier: Sequence[PastCommit]) -> NotRollback:
    past = min(earlier, key=lambda commit: len(_misfits(changes, commit)))
    first = _misfits(changes, past)[0]
    return NotRollback(
        circuit_path(first.circuit),
        f"sets a value that main did not hold at {past.commit[:12]}",
    )


def _moved_on(
    pull: PullChanges, changes: Sequence[CircuitReturn], past: PastCommit
) -> tuple[MovedOn, ...]:
    """Return which circuits run something else than at `past`, and stay as they are."""
    returning = {change.circuit for change in changes}
    found: list[MovedOn] = []
    for circuit, then in sorted(past.circuits.items()):
        if circuit in returning:
            continue
        try:
            now = circuit_values(pull.base.get(circuit_path(circuit)))
        except InvalidFileError:
            continue  # the review of main's configs reports it
        found += [
            MovedOn(circuit, field, _shown(then.get(field)), _shown(now.get(field)))
            for field in VERSION_FIELDS
            if then.get(field) != now.get(field)
        ]
    return tuple(found)


def _leaves(value: object, key: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, dict) and value:
        for name, inner in value.items():
            yield from _leaves(inner, f"{key}.{name}" if key else name)
    else:
        yield key, json.dumps(value, sort_keys=True)


def _shown(value: str | None) -> str | None:
    """Return a value as people write it: a text without the quotes of JSON."""
    plain = json.loads(value) if value else None
    return plain if isinstance(plain, str) else value

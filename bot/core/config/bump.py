"""The bulk edit: every circuit that should follow an environment to its new version.

Inside a MAJOR, every field that has the version moves. Across a MAJOR, only the training moves, and
production is pinned to what it runs: a model cannot run on an environment it was not trained with.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from bot.core.config.circuit import (
    PRODUCTION_VERSION,
    TRAINING_VERSION,
    CircuitConfig,
    CircuitId,
    read_fleet,
)
from bot.core.config.selector import Selector
from bot.core.config.version_edit import check_version, move_versions
from bot.core.problem import Problem
from bot.core.refusal import Refusal
from bot.core.tree import Tree
from bot.core.versioning import parse_version
from bot.core.yaml.document import dotted
from bot.errors import InvalidFileError, UserError

_TRAINING, _PRODUCTION = dotted(TRAINING_VERSION), dotted(PRODUCTION_VERSION)
_KEYS: Mapping[str, tuple[str, str]] = {
    _TRAINING: TRAINING_VERSION,
    _PRODUCTION: PRODUCTION_VERSION,
}


class FieldEdit(NamedTuple):
    """One value that a bump changes; `before` None means that the key is new."""

    circuit: CircuitId
    field: str
    before: str | None
    after: str


class Outlier(NamedTuple):
    """A circuit that is left where it is: same MAJOR, but not the version that moves."""

    circuit: CircuitId
    version: str


class EditCount(NamedTuple):
    """How many circuits get the same edit."""

    field: str
    before: str | None
    after: str
    circuits: int


@dataclass(frozen=True, slots=True)
class BumpSummary:
    """What a bump does, in numbers.

    Attributes:
        circuits: how many circuits are edited.
        edits: the distinct edits, the most frequent first.
        outliers: circuits by the version they stay at, sorted.
        untouched: circuits that the bump has nothing to do with.
    """

    to: str
    circuits: int
    edits: tuple[EditCount, ...]
    outliers: Mapping[str, tuple[CircuitId, ...]]
    untouched: int


@dataclass(frozen=True, slots=True)
class Bump:
    """A bulk edit, ready to be committed.

    Attributes:
        files: the new content of each changed file, and of no other.
        changed: each value that differs, by circuit.
        outliers: listed for people, not edited.
        untouched: how many circuits are neither edited nor outliers.
    """

    to: str
    files: Mapping[str, bytes]
    changed: tuple[FieldEdit, ...]
    outliers: tuple[Outlier, ...]
    untouched: int

    @property
    def summary(self) -> BumpSummary:
        """Return the bump in numbers, for rendering."""
        counts = Counter(edit[1:] for edit in self.changed)
        outliers: dict[str, tuple[CircuitId, ...]] = defaultdict(tuple)
        for circuit, version in self.outliers:
            outliers[version] += (circuit,)
        return BumpSummary(
            to=self.to,
            circuits=len(self.files),
            edits=tuple(EditCount(*edit, count) for edit, count in counts.most_common()),
            outliers=dict(sorted(outliers.items(), key=lambda item: parse_version(item[0]))),
            untouched=self.untouched,
        )


@dataclass(frozen=True, slots=True)
class _Order:
    """What moves: the version `only`, or without one every version of `major`."""

    to: str
    only: str | None
    major: int

    @property
    def crosses(self) -> bool:
        return self.major != _major(self.to)

    def moves(self, version: str) -> bool:
        if version == self.to:
            return False
        return version == self.only if self.only else _major(version) == self.major

    def leaves_behind(self, version: str) -> bool:
        is_near = _major(version) == self.major and version != self.to
        return is_near and not self.moves(version)


def make_bump(tree: Tree, *, to: str, from_version: str | None, selector: Selector | None) -> Bump:
    """Return the bulk edit of the circuits in `tree` that `selector` means, or of all.

    With `from_version`, what has exactly that version moves. Without, everything of the MAJOR of
    `to` moves; if no circuit has that MAJOR yet, everything of the highest MAJOR below it.

    Raises:
        InvalidFileError: any file below config/plants cannot be used; nothing is edited then.
        UserError: `VERSION_INVALID`, or `SELECTOR_EMPTY` when a part of `selector` means nothing.
    """
    for version in filter(None, (to, from_version)):
        check_version(version)
    fleet = read_fleet(tree)
    if fleet.problems:
        raise InvalidFileError(fleet.problems)
    circuits = _chosen(fleet.circuits.values(), selector)
    order = _Order(to, from_version, _moving_major(circuits, to, from_version))
    changed = tuple(edit for circuit in circuits for edit in _edits(circuit, order))
    outliers = tuple(outlier for circuit in circuits for outlier in _outliers(circuit, order))
    concerned = {edit.circuit for edit in changed} | {outlier.circuit for outlier in outliers}
    return Bump(
        to=to,
        files=_edited_files(tree, fleet.circuits, changed),
        changed=changed,
        outliers=outliers,
        untouched=len(fleet.circuits) - len(concerned),
    )


def _chosen(
    circuits: Iterable[CircuitConfig], selector: Selector | None
) -> tuple[CircuitConfig, ...]:
    known = tuple(circuits)
    if selector is None:
        return known
    if unmatched := selector.unmatched(known):
        raise UserError(
            Refusal(
                code="SELECTOR_EMPTY",
                headline=f"no circuit is meant by {', '.join(f'`{text}`' for text in unmatched)}",
                facts=(f"There are {len(known)} circuits below `config/plants/`.",),
                resolver="whoever gave the command",
                next="Correct that part of the selector, or leave it out.",
            )
        )
    return tuple(filter(selector.matches, known))


def _moving_major(circuits: Iterable[CircuitConfig], to: str, from_version: str | None) -> int:
    target = _major(to)
    if from_version is not None:
        return _major(from_version)
    majors = {_major(version) for circuit in circuits for _, version in _fields(circuit)}
    if target in majors:
        return target
    return max((major for major in majors if major < target), default=target)


def _fields(circuit: CircuitConfig) -> tuple[tuple[str, str], ...]:
    if circuit.deployment_version is None:
        return ((_TRAINING, circuit.training_version),)
    return (
        (_TRAINING, circuit.training_version),
        (_PRODUCTION, circuit.deployment_version),
    )


def _edits(circuit: CircuitConfig, order: _Order) -> Iterable[FieldEdit]:
    fields = _fields(circuit)
    for field, version in fields[:1] if order.crosses else fields:
        if order.moves(version):
            yield FieldEdit(circuit.id, field, version, order.to)
            if order.crosses and circuit.deployment_version is None:
                yield FieldEdit(circuit.id, _PRODUCTION, None, version)


def _outliers(circuit: CircuitConfig, order: _Order) -> Iterable[Outlier]:
    fields = _fields(circuit)
    versions = {version for _, version in (fields[:1] if order.crosses else fields)}
    return (Outlier(circuit.id, one) for one in sorted(filter(order.leaves_behind, versions)))


def _edited_files(
    tree: Tree, circuits: Mapping[CircuitId, CircuitConfig], edits: Iterable[FieldEdit]
) -> Mapping[str, bytes]:
    by_circuit: dict[CircuitId, list[FieldEdit]] = defaultdict(list)
    for edit in edits:
        by_circuit[edit.circuit].append(edit)
    files: dict[str, bytes] = {}
    problems: list[Problem] = []
    for circuit, same in by_circuit.items():
        file = tree[circuits[circuit].path]
        try:
            files[file.path] = move_versions(
                file,
                moved={_KEYS[edit.field]: edit.after for edit in same if edit.before is not None},
                added={_KEYS[edit.field]: edit.after for edit in same if edit.before is None},
            )
        except InvalidFileError as error:
            problems += error.problems
    if problems:
        raise InvalidFileError(problems)
    return files


# A fleet has few versions, and each is asked for several times a circuit.
@lru_cache(256)
def _major(version: str) -> int:
    return parse_version(version).major

"""The bulk edit: every circuit that should follow an environment to its new version.

Inside a MAJOR, every field that has the version moves. Across a MAJOR, only the training moves, and
production is pinned to what it runs: a model cannot run on an environment it was not trained with.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import NamedTuple

from bot.core.config.bump_order import Decision, Order, moving_major
from bot.core.config.circuit import CircuitConfig, CircuitId, read_fleet
from bot.core.config.selector import Selector, choose
from bot.core.config.version_edit import check_version, move_versions
from bot.core.problem import Problem
from bot.core.tree import Tree
from bot.core.versioning import parse_version
from bot.core.yaml.document import dotted
from bot.errors import InvalidFileError


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
        outliers: dict[str, list[CircuitId]] = defaultdict(list)
        for circuit, version in self.outliers:
            outliers[version].append(circuit)
        return BumpSummary(
            to=self.to,
            circuits=len(self.files),
            edits=tuple(EditCount(*edit, count) for edit, count in counts.most_common()),
            outliers={one: tuple(outliers[one]) for one in sorted(outliers, key=parse_version)},
            untouched=self.untouched,
        )


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
    circuits = choose(fleet.circuits.values(), selector)
    order = Order(to, from_version, moving_major(_versions(circuits), to, from_version))
    decide = cache(order.decide)
    decided = [
        (circuit, decide(circuit.training_version, circuit.deployment_version))
        for circuit in circuits
    ]
    concerned = [(circuit, decision) for circuit, decision in decided if decision.is_about]
    return Bump(
        to=to,
        files=_edited_files(tree, concerned),
        changed=tuple(
            FieldEdit(circuit.id, dotted(edit.key_path), edit.before, edit.after)
            for circuit, decision in concerned
            for edit in decision.edits
        ),
        outliers=tuple(
            Outlier(circuit.id, version)
            for circuit, decision in concerned
            for version in decision.left
        ),
        untouched=len(fleet.circuits) - len(concerned),
    )


def _versions(circuits: Iterable[CircuitConfig]) -> Iterator[str]:
    for circuit in circuits:
        yield circuit.training_version
        yield circuit.production_version


def _edited_files(
    tree: Tree, decided: Iterable[tuple[CircuitConfig, Decision]]
) -> Mapping[str, bytes]:
    files: dict[str, bytes] = {}
    problems: list[Problem] = []
    for circuit, decision in decided:
        if not decision.edits:
            continue
        try:
            files[circuit.path] = move_versions(
                tree[circuit.path], moved=decision.moved, added=decision.added
            )
        except InvalidFileError as error:
            problems += error.problems
    if problems:
        raise InvalidFileError(problems)
    return files

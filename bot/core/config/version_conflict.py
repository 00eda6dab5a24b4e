"""Merges in which both sides set environment versions: what conflicts there, and what it becomes.

Where two bumps meet, git sees two changes of one line in every circuit. The versions are taken out
of the question by giving both sides the base's; git merges all the rest; then each file gets the
versions that main has now, and the bulk edit moves on from there as from any main.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from bot.core.config.circuit import CircuitConfig, read_circuit
from bot.core.config.layout import PLANTS, PRODUCTION_VERSION, TRAINING_VERSION
from bot.core.environment import read_environment
from bot.core.environment_layout import SPEC_PATH
from bot.core.tree import REGULAR, File, Tree
from bot.core.versioning import same_major
from bot.core.yaml.document import KeyPath
from bot.core.yaml.edit import insert_scalar, set_scalars
from bot.core.yaml.reader import read
from bot.core.yaml.removal import remove_scalar
from bot.errors import InvalidFileError

_DECLARED: tuple[KeyPath, ...] = (
    ("version",),
    ("tags", "backward_compatible"),
    ("tags", "requires_retrain"),
)


class Sides(NamedTuple):
    """The trees of a merge: where the two parted, main, and the head."""

    base: Tree
    main: Tree
    head: Tree


@dataclass(frozen=True, slots=True)
class Levelled:
    """A file in which both sides set versions.

    Attributes:
        main: main's file with the base's versions.
        head: the head's file with the base's versions.
        values: what the merged file gets; None means that the key is not there.
    """

    main: bytes
    head: bytes
    values: Mapping[KeyPath, str | None]


@dataclass(frozen=True, slots=True)
class Joined:
    """What merging main into a head gives, versions that both sides set being settled.

    Attributes:
        tree_id: git's id of the merged tree; the files of `settled` are still levelled there.
        settled: the content of each file whose versions conflicted; empty if git merges alone.
        tree: the settled result, as far as a review reads it.
    """

    tree_id: str
    settled: Mapping[str, bytes]
    tree: Tree


class _Pins(NamedTuple):
    training: str
    production: str | None


def level(paths: Iterable[str], sides: Sides) -> Mapping[str, Levelled]:
    """Return each of the conflicting `paths` whose versions can be regenerated, levelled.

    Left out, for people: what is no circuit and no `environment.yml`, what one side deleted, what
    cannot be read, and circuits whose version the head set to anything a bump would not.
    """
    version = _version(sides.head)
    found = ((path, _levelled(path, sides, version)) for path in paths)
    return {path: levelled for path, levelled in found if levelled is not None}


def settle(file: File, values: Mapping[KeyPath, str | None]) -> bytes:
    """Return the merged `file` with exactly these versions; every other byte stays.

    Raises:
        InvalidFileError: the file cannot be read or edited, or has a key that should not be there.
    """
    document = read(file.data, file.path)
    present = {
        where: value
        for where, value in values.items()
        if value is not None and where in document.nodes
    }
    data = set_scalars(file.data, present, path=file.path)
    for where, value in values.items():
        if value is None and where in document.nodes:
            problem = document.problem(where, "came in by the merge", "Merge this file by hand.")
            raise InvalidFileError([problem])
        if value is not None and where not in document.nodes:
            data = insert_scalar(data, (str(where[0]), str(where[1])), value, path=file.path)
    return data


def _version(head: Tree) -> str:
    """Return the environment version that the head brings; empty where it cannot be read."""
    try:
        return read_environment(head).version
    except InvalidFileError:
        return ""


def _levelled(path: str, sides: Sides, version: str) -> Levelled | None:
    base, main, head = (tree.get(path) for tree in sides)
    if main is None or head is None or {main.mode, head.mode} != {REGULAR}:
        return None
    try:
        if path == SPEC_PATH:
            return _levelled_spec(base or main, main, head)
        if path.startswith(f"{PLANTS}/"):
            return _levelled_circuit(base or main, main, head, version)
    except InvalidFileError:
        return None
    return None


def _levelled_spec(base: File, main: File, head: File) -> Levelled:
    """Return `environment.yml`, which keeps the version and the tags that the head declares."""
    before, ours, theirs = (read(file.data, SPEC_PATH).nodes for file in (base, main, head))
    known = [
        where
        for where in _DECLARED
        if all(where in nodes and nodes[where].kind == "scalar" for nodes in (before, ours, theirs))
    ]
    texts = {where: before[where].text for where in known}
    return Levelled(
        main=set_scalars(main.data, texts, path=SPEC_PATH),
        head=set_scalars(head.data, texts, path=SPEC_PATH),
        values={where: theirs[where].text for where in known},
    )


def _levelled_circuit(base: File, main: File, head: File, version: str) -> Levelled | None:
    before, ours, theirs = (_pins(read_circuit(file)) for file in (base, main, head))
    if not _is_bump(before, ours, theirs, version):
        return None
    mine: bytes | None = head.data
    if before.production is None and theirs.production is not None:
        has_section = PRODUCTION_VERSION[:1] in read(base.data, base.path).nodes
        mine = remove_scalar(
            head.data, PRODUCTION_VERSION, path=head.path, whole_section=not has_section
        )
    if mine is None:
        return None
    settled = _three_way(before, ours, theirs)
    return Levelled(
        main=_with(main, main.data, before),
        head=_with(head, mine, before),
        values={TRAINING_VERSION: settled.training, PRODUCTION_VERSION: settled.production},
    )


def _with(file: File, data: bytes, pins: _Pins) -> bytes:
    """Return `data` with these versions, where it has a version at all."""
    values: dict[KeyPath, str] = {TRAINING_VERSION: pins.training}
    if pins.production is not None and PRODUCTION_VERSION in read(data, file.path).nodes:
        values[PRODUCTION_VERSION] = pins.production
    return set_scalars(data, values, path=file.path)


def _pins(circuit: CircuitConfig) -> _Pins:
    return _Pins(circuit.training_version, circuit.deployment_version)


def _is_bump(base: _Pins, main: _Pins, head: _Pins, version: str) -> bool:
    """Tell whether a bump to `version` made the head's versions: then nobody's choice is lost."""
    is_added_pin = base.production is None and head.production == base.training
    is_moved_pin = base.production is not None and head.production == version
    return head.training in {base.training, main.training, version} and (
        head.production in {base.production, main.production} or is_added_pin or is_moved_pin
    )


def _three_way(base: _Pins, main: _Pins, head: _Pins) -> _Pins:
    """Return main's versions, and the head's where main changed nothing (D9).

    A pin that the head's bump wrote says what production ran then; main says what it runs now.
    """
    training = head.training if main.training == base.training else main.training
    production = main.production
    if main.production == base.production and base.production is not None:
        production = head.production
    if production is None and not same_major(training, main.training):
        production = main.training
    return _Pins(training, production)

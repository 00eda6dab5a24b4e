"""What taking one merge back changes on main: the folder `environment/` and circuits' configs.

Values decide and not lines, so that what others wrote beside them since is no conflict: a circuit
goes back only as a whole, and only if main still asks for the versions that the merge gave it.
Documents and evidence stay; they say what happened.

A config that names no model leaves the one that runs (D9). So where the merge named the first one,
its config goes back with the model that ran before, if that is known.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import NamedTuple

from bot.core.config.circuit import CircuitId, circuit_path
from bot.core.config.layout import PLANTS
from bot.core.gates.circuit_values import VERSION_FIELDS, circuit_values, shown
from bot.core.tree import File, Tree
from bot.core.yaml.document import KeyPath
from bot.core.yaml.edit import insert_scalar, set_scalars
from bot.core.yaml.reader import read
from bot.core.yaml.removal import remove_scalar
from bot.errors import InvalidFileError

_MODEL = ("deployment", "model_version")
_UNKNOWN: Mapping[CircuitId, str] = MappingProxyType({})
_CIRCUIT_FILE = re.compile(rf"{PLANTS}/(?P<plant>[^/]+)/(?P<circuit>[^/]+)\.yml")


class Around(NamedTuple):
    """Main before a merge, right after it, and now."""

    before: Tree
    after: Tree
    now: Tree


@dataclass(frozen=True, slots=True)
class RollbackEdit:
    """What happens to the circuits that a merge changed.

    Attributes:
        files: the new content of each config that goes back; None for one that the merge added.
        returned: the circuits of `files`, sorted.
        left: the circuits that have moved on since, or that cannot be edited safely; sorted.
        others: what the merge changed beside `environment/` and circuits; it stays.
        named: the model that a circuit goes back with although main did not name one before.
        kept: the model that stays where a circuit goes back to naming none.
    """

    files: Mapping[str, bytes | None]
    returned: tuple[CircuitId, ...]
    left: tuple[CircuitId, ...]
    others: tuple[str, ...]
    named: Mapping[CircuitId, str] = field(default_factory=dict)
    kept: Mapping[CircuitId, str] = field(default_factory=dict)


def take_back(
    paths: Iterable[str], around: Around, models: Mapping[CircuitId, str] = _UNKNOWN
) -> RollbackEdit:
    """Return what becomes of each of the `paths` that a merge changed.

    Args:
        paths: every one of them.
        around: what stood there.
        models: the versions of the models that ran before, as far as they are known.
    """
    returns: dict[CircuitId, _Return] = {}
    left, others = [], []
    for path in sorted(paths):
        found = _CIRCUIT_FILE.fullmatch(path)
        if found is None:
            others += [path] * (not path.startswith("environment/"))
            continue
        before, after, now = (tree.get(path) for tree in around)
        if _oid(now) == _oid(before):
            continue
        circuit = CircuitId(found["plant"], found["circuit"])
        try:
            data = _back(before, after, now)
            returns[circuit] = _with_model(data, before, now, models.get(circuit))
        except InvalidFileError:
            left.append(circuit)
    return RollbackEdit(
        files={circuit_path(circuit): one.data for circuit, one in returns.items()},
        returned=tuple(sorted(returns)),
        left=tuple(sorted(left)),
        others=tuple(others),
        named={circuit: one.named for circuit, one in returns.items() if one.named},
        kept={circuit: one.kept for circuit, one in returns.items() if one.kept},
    )


class _Return(NamedTuple):
    """A config as it goes back: with a model that it names now, or with one that only stays."""

    data: bytes | None
    named: str = ""
    kept: str = ""


def _with_model(
    data: bytes | None, before: File | None, now: File | None, ran: str | None
) -> _Return:
    """Return the config with the model that ran before, where it would only stop to name one.

    Raises:
        InvalidFileError: no such edit can be proven.
    """
    pin = _model(now)
    if data is None or before is None or pin is None or _model(before) is not None or ran == pin:
        return _Return(data)
    if ran is None:
        return _Return(data, kept=pin)
    return _Return(insert_scalar(data, _MODEL, ran, path=before.path), named=ran)


def _model(file: File | None) -> str | None:
    try:
        return shown(circuit_values(file).get(".".join(_MODEL)))
    except InvalidFileError:
        return None


def _back(before: File | None, after: File | None, now: File | None) -> bytes | None:
    """Return the config as it goes back.

    Raises:
        InvalidFileError: it has moved on, or no such edit can be proven.
    """
    if _oid(now) == _oid(after):
        return before.data if before else None
    if before is None or after is None or now is None:
        raise InvalidFileError([])
    old, new, here = (circuit_values(file) for file in (before, after, now))
    if any(new.get(field) != here.get(field) for field in VERSION_FIELDS):
        raise InvalidFileError([])
    changed = [field for field in VERSION_FIELDS if old.get(field) != new.get(field)]
    if not changed:
        raise InvalidFileError([])
    data = now.data
    for name in changed:
        data = _with(data, before, _key_path(name))
    return data


def _with(data: bytes, before: File, where: tuple[str, str]) -> bytes:
    """Return `data` with what `before` has at `where`, which may be nothing."""
    nodes = read(before.data, before.path).nodes
    if where not in nodes:
        has_section = where[:1] in nodes
        shorter = remove_scalar(data, where, path=before.path, whole_section=not has_section)
        if shorter is None:
            raise InvalidFileError([])
        return shorter
    text = nodes[where].text
    if where not in read(data, before.path).nodes:
        return insert_scalar(data, where, text, path=before.path)
    values: dict[KeyPath, str] = {where: text}
    return set_scalars(data, values, path=before.path)


def _key_path(field: str) -> tuple[str, str]:
    section, _, key = field.partition(".")
    return section, key


def _oid(file: File | None) -> tuple[str, str]:
    return (file.mode, file.oid) if file else ("", "")

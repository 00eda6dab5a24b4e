"""What circuits are trained with, from their configs: a change retrains them, and nobody else.

`training.environment_version` is left out: moving to another environment is judged by what the
environment changes.
"""

import json
import re
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from bot.core.change import Change, Kind
from bot.core.config.layout import PLANTS, TRAINING_VERSION
from bot.core.tree import REGULAR, File, Tree
from bot.core.yaml.document import KeyPath
from bot.core.yaml.reader import read
from bot.errors import InvalidFileError

_CIRCUIT = re.compile(rf"{PLANTS}/([^/]+/[^/]+)\.yml")
_VERSION_LINE = re.compile(rb"^[ ]+environment_version:[ ]*[\"'0-9.]+[ ]*\r?\n?", re.MULTILINE)


class _Config(NamedTuple):
    """One side of a config: the values below `training` by key path, and the file they stand in."""

    file: File
    values: Mapping[KeyPath, object]

    def line(self, key_path: KeyPath) -> int:
        """Return the line of a key; only what is shown is looked for."""
        return read(self.file.data, self.file.path).key_position(key_path)[0]


def training_changes(base: Tree, head: Tree) -> tuple[Change, ...]:
    """Return what changed between two trees in what circuits are trained with, sorted by place.

    A circuit that comes or goes is no change of its training. What cannot be read is left to
    validation, which refuses it.
    """
    found = (change for path in head.keys() & base.keys() for change in _of_file(base, head, path))
    return tuple(sorted(found, key=lambda change: change.order))


def _of_file(base: Tree, head: Tree, path: str) -> Iterator[Change]:
    circuit, was, now = _CIRCUIT.fullmatch(path), base[path], head[path]
    if circuit is None or was.oid == now.oid or not was.mode == now.mode == REGULAR:
        return
    # A bulk edit changes nothing else, and there may be twenty thousand of them.
    if _VERSION_LINE.sub(b"", was.data) == _VERSION_LINE.sub(b"", now.data):
        return
    try:
        before, after = _config(was), _config(now)
    except InvalidFileError:
        return
    if before and after:
        yield from _differences(circuit[1], before, after)


def _differences(circuit: str, before: _Config, after: _Config) -> Iterator[Change]:
    for key in before.values.keys() | after.values.keys():
        was, now = _text(before, key), _text(after, key)
        if was != now:
            line = (before if now is None else after).line(key)
            subject = f"{circuit} {'.'.join(map(str, key))}"
            yield Change(_kind(key), subject, was, now, after.file.path, line)


def _kind(key: KeyPath) -> Kind:
    kinds = {
        "cutoff_date": Kind.CIRCUIT_CUTOFF_DATE_CHANGED,
        "hyperparameters": Kind.CIRCUIT_HYPERPARAMETERS_CHANGED,
    }
    return kinds.get(str(key[1]), Kind.CIRCUIT_TRAINING_CHANGED)


def _config(file: File) -> _Config | None:
    from bot.core.yaml.lines import read_lines

    lines = read_lines(file.data)
    content = lines.value if lines else read(file.data, file.path).value
    training = content.get("training") if isinstance(content, dict) else None
    if not isinstance(training, dict):
        return None
    values = dict(_leaves(training, ("training",)))
    values.pop(TRAINING_VERSION, None)
    return _Config(file, values)


def _leaves(value: object, key: KeyPath) -> Iterator[tuple[KeyPath, object]]:
    if isinstance(value, dict) and value:
        for name, inner in value.items():
            yield from _leaves(inner, (*key, name))
    else:
        yield key, value


def _text(config: _Config, key: KeyPath) -> str | None:
    """Return a value as JSON writes it, a text without its quotes; None where there is none."""
    if key not in config.values:
        return None
    value = config.values[key]
    return value if isinstance(value, str) else json.dumps(value, sort_keys=True)

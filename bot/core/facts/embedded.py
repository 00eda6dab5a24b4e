"""Packages and images that a larger YAML file declares: a component, a deployment, a job."""

import json
from collections.abc import Iterator

from bot.core.change import Change, Kind
from bot.core.facts.conda import (
    CondaFile,
    compare_conda_parts,
    conda_part,
    lists_dependencies,
    value_at,
)
from bot.core.facts.image import compare_references, parse_image
from bot.core.facts.unreadable import UnreadableError
from bot.core.tree import File
from bot.core.yaml.document import Document, KeyPath, dotted
from bot.core.yaml.reader import read
from bot.errors import InvalidFileError

_IMAGE_KEYS = frozenset({"image", "base_image", "baseImage", "docker_image"})
_BLOCKS = frozenset({"|", ">"})


def compare_embedded(
    before: Document, after: Document, place: KeyPath
) -> tuple[Change, ...] | None:
    """Return what differs at `place`, if both sides declare packages or an image there.

    None means that they declare something else, and nothing was compared. The place is a key path
    that both documents have; packages may stand in a text of their own, as Spark's settings want.
    """
    was, now = value_at(before.value, place), value_at(after.value, place)
    if place and place[-1] in _IMAGE_KEYS and isinstance(was, str) and isinstance(now, str):
        line, _ = after.position(place)
        return tuple(compare_references(parse_image(was), parse_image(now), after.path, line))
    parts = _part(before, place, was), _part(after, place, now)
    if parts[0] is None or parts[1] is None:
        return None
    return tuple(compare_conda_parts(parts[0], parts[1], dockerfiles=""))


def _part(document: Document, place: KeyPath, value: object) -> CondaFile | None:
    try:
        if lists_dependencies(value):
            return conda_part(document, place)
        if isinstance(value, str) and "dependencies:" in value:
            node = document.nodes[place]
            inner = read(value.encode(), document.path)
            shift = node.start.line - (0 if node.style in _BLOCKS else 1)
            return conda_part(inner, shift=shift)
    except (InvalidFileError, UnreadableError):
        return None
    return None


def compare_settings(before: File, after: File) -> Iterator[Change]:
    """Yield what differs between two YAML files that nothing more is known about.

    Packages and images are compared as such; any other difference is one that nobody recognises.

    Raises:
        UnreadableError: one of them is not YAML that can be read.
    """
    documents = read_yaml(before), read_yaml(after)
    yield from _differences(*documents, ())


def read_yaml(file: File) -> Document:
    """Return what a YAML file says.

    Raises:
        UnreadableError: it cannot be read.
    """
    try:
        return read(file.data, file.path)
    except InvalidFileError as error:
        problem = error.problems[0]
        raise UnreadableError(problem.what, problem.line) from None


def _differences(before: Document, after: Document, place: KeyPath) -> Iterator[Change]:
    was, now = value_at(before.value, place), value_at(after.value, place)
    if json.dumps(was) == json.dumps(now):
        return
    declared = compare_embedded(before, after, place)
    if declared is not None:
        yield from declared
    elif isinstance(was, dict) and isinstance(now, dict) and list(was) == list(now):
        for key in was:
            yield from _differences(before, after, (*place, key))
    else:
        line, _ = after.position(place)
        yield Change(Kind.FILE_CHANGED, dotted(place) or after.path, None, None, after.path, line)

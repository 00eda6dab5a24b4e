"""environment.yml: what differs between two of them."""

import json
from collections.abc import Iterator
from typing import NamedTuple

from bot.core.change import Change, Kind
from bot.core.environment_check import DESCRIPTIVE_KEYS
from bot.core.facts.image import compare_references, parse_image
from bot.core.facts.unreadable import UnreadableError
from bot.core.tree import File
from bot.core.yaml.document import Document, KeyPath
from bot.core.yaml.reader import read
from bot.errors import InvalidFileError

_SUBJECTS = {"image": "base image", "tags": "tag"}
_SOURCES = frozenset({"build", "image"})


class _Spec(NamedTuple):
    document: Document
    settings: dict[str, object]


def compare_specs(before: File, after: File) -> Iterator[Change]:
    """Yield what differs between two versions of environment.yml; at least one change.

    Raises:
        UnreadableError: one of them cannot be read.
    """
    was, now = _read(before), _read(after)
    if _canonical(was.settings) == _canonical(now.settings):
        yield Change(Kind.SPEC_REFORMATTED, "text", None, None, after.path, 1)
    if was.settings.keys() & _SOURCES != now.settings.keys() & _SOURCES:
        yield _switch(was, now)
        differing = _differing(was.settings, now.settings) - _SOURCES
    else:
        differing = _differing(was.settings, now.settings)
    for key in sorted(differing):
        yield from _setting(key, was, now)


def _read(file: File) -> _Spec:
    try:
        document = read(file.data, file.path)
    except InvalidFileError as error:
        problem = error.problems[0]
        raise UnreadableError(problem.what, problem.line) from None
    if not isinstance(document.value, dict):
        raise UnreadableError("is not a mapping", 1)
    return _Spec(document, document.value)


def _differing(before: dict[str, object], after: dict[str, object]) -> set[str]:
    """Return the keys whose values differ; 1, 1.0 and true are three values."""
    keys = before.keys() | after.keys()
    return {key for key in keys if _canonical(before.get(key)) != _canonical(after.get(key))}


def _canonical(value: object) -> str:
    return json.dumps(value, sort_keys=True)


def _switch(before: _Spec, after: _Spec) -> Change:
    texts = [
        " and ".join(sorted(spec.settings.keys() & _SOURCES)) or "neither"
        for spec in (before, after)
    ]
    place = next((key for key in sorted(_SOURCES) if key in after.settings), "")
    line, _ = after.document.position((place,))
    kind = Kind.IMAGE_SOURCE_SWITCHED
    return Change(kind, "source of the image", texts[0], texts[1], after.document.path, line)


def _setting(key: str, before: _Spec, after: _Spec) -> Iterator[Change]:
    was, now = before.settings.get(key), after.settings.get(key)
    if key == "tags" and isinstance(was or {}, dict) and isinstance(now or {}, dict):
        yield from _tags(before, after)
    elif key == "image" and isinstance(was, str) and isinstance(now, str):
        line, _ = after.document.position((key,))
        images = parse_image(was), parse_image(now)
        path = after.document.path
        spelling = Change(Kind.COMMENTS_CHANGED, "base image", was, now, path, line)
        yield from tuple(compare_references(*images, path, line)) or (spelling,)
    else:
        yield _change(_kind(key), (key,), before, after)


def _tags(before: _Spec, after: _Spec) -> Iterator[Change]:
    was, now = (_mapping(spec.settings.get("tags")) for spec in (before, after))
    differing = _differing(was, now)
    for name in sorted(differing):
        yield _change(Kind.DESCRIPTION_CHANGED, ("tags", name), before, after)
    if not differing:  # `tags:` without any, and no `tags` at all
        yield _change(Kind.DESCRIPTION_CHANGED, ("tags",), before, after)


def _mapping(value: object) -> dict[str, object]:
    return value if isinstance(value, dict) else {}


def _kind(key: str) -> Kind:
    if key in DESCRIPTIVE_KEYS:
        return Kind.DESCRIPTION_CHANGED
    if key == "name":
        return Kind.ENVIRONMENT_RENAMED
    return Kind.SETTING_CHANGED


def _change(kind: Kind, key_path: KeyPath, before: _Spec, after: _Spec) -> Change:
    was, now = _value(before, key_path), _value(after, key_path)
    stands = before if now is None else after
    line, _ = stands.document.position(key_path)
    subject = _SUBJECTS.get(str(key_path[0]), str(key_path[0]))
    subject = f"{subject} {key_path[1]}" if len(key_path) > 1 else subject
    return Change(kind, subject, was, now, after.document.path, line)


def _value(spec: _Spec, key_path: KeyPath) -> str | None:
    value: object = spec.settings
    for key in key_path:
        value = value.get(str(key)) if isinstance(value, dict) else None
    if value is None or isinstance(value, str):
        return value
    return json.dumps(value)

"""A JSON or YAML file as values, with the line of each of them."""

import json
from dataclasses import dataclass
from typing import NoReturn

from bot.core.change import Change, Kind
from bot.core.facts.text import decode
from bot.core.facts.unreadable import UnreadableError
from bot.core.tree import File
from bot.core.yaml.builder import MAX_DEPTH
from bot.core.yaml.document import Document, KeyPath, dotted
from bot.core.yaml.reader import read
from bot.errors import InvalidFileError

_MOST_SHOWN = 120  # characters of a value


class Missing:
    """What stands in the place of a value that is not there; a schema may well say `null`."""


MISSING = Missing()


@dataclass(frozen=True, slots=True)
class Source:
    """One side of a comparison; `document` is None where only the values could be read."""

    path: str
    value: object
    document: Document | None

    def line(self, place: KeyPath) -> int:
        """Return the line of the key at `place`, or of what is nearest around it, from 1."""
        return self.document.key_position(place)[0] if self.document else 1


@dataclass(frozen=True, slots=True)
class Pair:
    """Both sides of a comparison."""

    before: Source
    after: Source

    def change(
        self, kind: Kind, place: KeyPath, was: object = MISSING, now: object = MISSING
    ) -> Change:
        """Return the fact that what stands at `place` was one thing and now is another."""
        is_removal = isinstance(now, Missing) and not isinstance(was, Missing)
        line = (self.before if is_removal else self.after).line(place)
        return Change(kind, _subject(place), _shown(was), _shown(now), self.after.path, line)


def read_pair(before: File, after: File) -> Pair:
    """Return both sides of a file.

    Raises:
        UnreadableError: one of them is neither JSON nor restricted YAML, whichever its name says.
    """
    return Pair(read_source(before), read_source(after))


def read_source(file: File) -> Source:
    """Return what a file says: JSON by its name, otherwise restricted YAML.

    Raises:
        UnreadableError: it is not that, has a key twice, or is nested too deep.
    """
    if not file.path.lower().endswith(".json"):
        document = _read_yaml(file)
        return Source(file.path, document.value, document)
    value = parse_json(file.data)
    return Source(file.path, value, _positions(file, value))


def canonical(value: object) -> str:
    """Return a text that is equal for equal values; the order of keys counts, 1 is not 1.0."""
    return json.dumps(value)


def parse_json(data: bytes) -> object:
    """Return what a JSON text says.

    Raises:
        UnreadableError: it is not JSON, has a property twice, or is nested too deep.
    """
    text = decode(data)
    try:
        value = json.loads(text, object_pairs_hook=_properties, parse_constant=_refuse)
    except json.JSONDecodeError as error:
        raise UnreadableError("is not JSON", error.lineno) from None
    except (ValueError, RecursionError) as error:
        raise UnreadableError("is not JSON that can be compared") from error
    if _depth(value) > MAX_DEPTH:
        what = f"is nested deeper than {MAX_DEPTH} levels"
        raise UnreadableError(what)
    return value


def _read_yaml(file: File) -> Document:
    try:
        return read(file.data, file.path)
    except InvalidFileError as error:
        problem = error.problems[0]
        raise UnreadableError(problem.what, problem.line) from None


def _positions(file: File, value: object) -> Document | None:
    """Return where the values of a JSON text stand, if read as YAML it says the same."""
    try:
        document = read(file.data, file.path)
    except InvalidFileError:
        return None
    return document if document.value == value else None


def _properties(pairs: list[tuple[str, object]]) -> dict[str, object]:
    properties = dict(pairs)
    if len(properties) != len(pairs):
        message = "a property is there twice"
        raise ValueError(message)
    return properties


def _refuse(constant: str) -> NoReturn:
    raise ValueError(constant)


def _depth(value: object) -> int:
    depth, level = 0, [value]
    while level := [item for outer in level for item in _items(outer)]:
        depth += 1
    return depth


def _items(value: object) -> list[object]:
    if isinstance(value, dict):
        return list(value.values())
    return value if isinstance(value, list) else []


def _subject(place: KeyPath) -> str:
    name = dotted(tuple(part for part in place if part != "properties"))
    return _encodable(name) or "schema"


def _shown(value: object) -> str | None:
    if isinstance(value, Missing):
        return None
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return _encodable(text if len(text) <= _MOST_SHOWN else f"{text[: _MOST_SHOWN - 1]}…")


def _encodable(text: str) -> str:
    """Spell lone surrogates out, which an escape in JSON can hold and no file can."""
    return text.encode("utf-8", "backslashreplace").decode()

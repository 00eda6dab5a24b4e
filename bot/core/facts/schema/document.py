"""JSON Schema documents: what a change means for those who send the data, or who read it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from bot.core.change import Change, Kind
from bot.core.facts.schema.direction import Direction, direction_of
from bot.core.facts.schema.effect import Effect, Effects, canonical_or_missing, effects
from bot.core.facts.schema.fields import Fields, compare_names
from bot.core.facts.schema.judgement import kind_of
from bot.core.facts.schema.reuse import is_reuse_plain
from bot.core.facts.schema.signature import is_signature, split_signature
from bot.core.facts.schema.source import MISSING, Pair, canonical, read_pair
from bot.core.tree import File
from bot.core.yaml.document import KeyPath

_DEFINITIONS = frozenset({"$defs", "definitions"})
_FIELDS = frozenset({"properties", "required"})
_CHOICES = frozenset({"allOf", "anyOf", "oneOf"})
_TUPLES = frozenset({"items", "prefixItems"})
_MARKS = frozenset({*_CHOICES, *_DEFINITIONS, "$ref", "$schema", "properties"})
_TYPES = frozenset({"array", "boolean", "integer", "null", "number", "object", "string"})
# Beside these, a field that `properties` does not name may have a meaning all the same.
_SPEAKS_OF_OTHERS = frozenset(
    {
        *_CHOICES,
        "$dynamicRef",
        "$recursiveRef",
        "$ref",
        "dependencies",
        "dependentSchemas",
        "else",
        "if",
        "not",
        "patternProperties",
        "propertyNames",
        "then",
        "unevaluatedProperties",
    }
)


@dataclass(frozen=True, slots=True)
class _Node:
    """One schema on both sides: where it stands, and who relies on it."""

    place: KeyPath
    direction: Direction
    is_always_sent: bool = False

    def below(self, *keys: str | int) -> "_Node":
        return _Node((*self.place, *keys), self.direction)


def compare_schemas(before: File, after: File) -> Iterator[Change]:
    """Yield what differs between two schemas; nothing if they say the same.

    The direction is what the file's name or folder says. A file that holds a schema for each
    direction, as MLflow's signatures do, says it itself.

    Raises:
        UnreadableError: one of them is neither JSON nor YAML.
    """
    pair = read_pair(before, after)
    was, now = pair.before.value, pair.after.value
    if is_signature(was) and is_signature(now):
        for part in split_signature(was, now):
            yield from _compare(pair, (part.name,), part.direction, (part.was, part.now))
        return
    yield from _compare(pair, (), direction_of(after.path), (was, now))


def compare_field(
    pair: Pair, place: KeyPath, direction: Direction, sides: tuple[object, object], *, always: bool
) -> Iterator[Change]:
    """Yield what differs in one field; `always` says that callers had to give it so far."""
    walk = _Walk(pair, Direction.UNKNOWN)
    yield from walk.compare(_Node(place, direction, is_always_sent=always), *sides)


def _compare(
    pair: Pair, place: KeyPath, direction: Direction, sides: tuple[object, object]
) -> Iterator[Change]:
    was, now = sides
    if not (_is_json_schema(was) and _is_json_schema(now)):
        yield from _compare_foreign(pair, place, was, now)
        return
    is_plain = is_reuse_plain(was) and is_reuse_plain(now)
    walk = _Walk(pair, direction if is_plain else Direction.UNKNOWN)
    yield from walk.compare(_Node(place, direction), was, now)


def _compare_foreign(pair: Pair, place: KeyPath, was: object, now: object) -> Iterator[Change]:
    """Yield what differs in a form of the team's own, of which no key has a known meaning."""
    if canonical(was) == canonical(now):
        return
    old, new = (side if isinstance(side, dict) else {} for side in (was, now))
    differing = [
        key
        for key in dict.fromkeys((*old, *new))
        if canonical_or_missing(old.get(key, MISSING))
        != canonical_or_missing(new.get(key, MISSING))
    ]
    for key in differing:
        sides = (old.get(key, MISSING), new.get(key, MISSING))
        yield pair.change(Kind.SCHEMA_CHANGED, (*place, key), *sides)
    if not differing:  # another order, or not a mapping
        yield pair.change(Kind.SCHEMA_CHANGED, place, was, now)


@dataclass(frozen=True, slots=True)
class _Walk:
    """Goes down both sides; definitions have their own direction, as they are used anywhere."""

    pair: Pair
    definitions: Direction

    def compare(self, node: _Node, was: object, now: object) -> Iterator[Change]:
        if canonical(was) == canonical(now):
            return
        if not (isinstance(was, dict) and isinstance(now, dict)):
            yield self.pair.change(Kind.SCHEMA_CHANGED, node.place, was, now)
            return
        keywords = dict.fromkeys((*was, *now))
        old, new = _fields(was, node.place), _fields(now, node.place)
        if old and new:
            yield from self._compare_fields(node, old, new)
            keywords = {keyword: None for keyword in keywords if keyword not in _FIELDS}
        for keyword in keywords:
            sides = (was.get(keyword, MISSING), now.get(keyword, MISSING))
            yield from self._keyword(node, keyword, *sides)

    def _compare_fields(self, node: _Node, old: Fields, new: Fields) -> Iterator[Change]:
        yield from compare_names(self.pair, old, new, node.direction)
        for name in old.schemas:
            if name in new.schemas:
                below = node.below("properties", name)
                below = replace(below, is_always_sent=name in old.required)
                yield from self.compare(below, old.schemas[name], new.schemas[name])
        orders = [_common(old.schemas, new.schemas), _common(new.schemas, old.schemas)]
        if orders[0] != orders[1]:  # code may take that of columns from here
            yield self.pair.change(Kind.SCHEMA_CHANGED, old.place, *map(", ".join, orders))

    def _keyword(self, node: _Node, keyword: str, was: object, now: object) -> Iterator[Change]:
        below = node.below(keyword)
        if keyword in _DEFINITIONS and isinstance(was, dict) and isinstance(now, dict):
            yield from self._definitions(replace(below, direction=self.definitions), was, now)
        elif keyword in _CHOICES | _TUPLES and isinstance(was, list) and isinstance(now, list):
            is_choice = keyword in _CHOICES
            below = replace(below, direction=Direction.UNKNOWN) if is_choice else below
            yield from self._positions(below, was, now)
        elif keyword in {"additionalProperties", "items"}:
            yield from self._subschema(below, was, now)
        else:
            for effect in _effects(node, keyword, was, now):
                yield self.pair.change(kind_of(effect, node.direction), below.place, was, now)

    def _definitions(
        self, node: _Node, was: Mapping[str, object], now: Mapping[str, object]
    ) -> Iterator[Change]:
        for name in dict.fromkeys((*was, *now)):
            below = node.below(name)
            if name in was and name in now:
                yield from self.compare(below, was[name], now[name])
            elif name in was or node.direction is Direction.UNKNOWN:
                sides = (was.get(name, MISSING), now.get(name, MISSING))
                yield self.pair.change(Kind.SCHEMA_CHANGED, below.place, *sides)

    def _positions(self, node: _Node, was: list[object], now: list[object]) -> Iterator[Change]:
        if len(was) != len(now):
            yield self.pair.change(Kind.SCHEMA_CHANGED, node.place, was, now)
            return
        for index, sides in enumerate(zip(was, now, strict=True)):
            yield from self.compare(node.below(index), *sides)

    def _subschema(self, node: _Node, was: object, now: object) -> Iterator[Change]:
        if isinstance(was, dict) and isinstance(now, dict):
            yield from self.compare(node, was, now)
        elif (effect := _openness(was, now)) is not None:
            yield self.pair.change(kind_of(effect, node.direction), node.place, was, now)


def _is_json_schema(value: object) -> bool:
    if not isinstance(value, dict):
        return False
    return bool(_MARKS & value.keys()) or bool(_TYPES & {str(value.get("type"))})


def _fields(schema: Mapping[str, object], place: KeyPath) -> Fields | None:
    """Return the fields of an object; None where they are not written as JSON Schema has them."""
    schemas, required = schema.get("properties", {}), schema.get("required", [])
    if not isinstance(schemas, dict) or not isinstance(required, list):
        return None
    if not all(isinstance(name, str) for name in required):
        return None
    others = schema.get("additionalProperties", True)
    return Fields(
        (*place, "properties"),
        schemas,
        frozenset(required),
        is_closed=others is False,
        is_judged_by_name=isinstance(others, bool) and not _SPEAKS_OF_OTHERS & schema.keys(),
    )


def _common(names: Mapping[str, object], others: Mapping[str, object]) -> list[str]:
    return [name for name in names if name in others]


def _effects(node: _Node, keyword: str, was: object, now: object) -> Effects:
    found = effects(keyword, was, now)
    is_unused = node.is_always_sent and was is MISSING and node.direction is Direction.INPUT
    return (Effect.DOCUMENTATION,) if found == (Effect.DEFAULT,) and is_unused else found


def _openness(was: object, now: object) -> Effect | None:
    """Compare how much is let in where at least one side does not say it with a schema."""
    old, new = _admitted(was), _admitted(now)
    if old is None or new is None:
        return Effect.OTHER
    if old == new:
        return None
    return Effect.WIDER if old < new else Effect.NARROWER


def _admitted(schema: object) -> int | None:
    """Return 2 if everything is let in, 1 if something, 0 if nothing; None if nobody can tell."""
    if schema is MISSING or schema is True:
        return 2
    if schema is False:
        return 0
    return 1 if isinstance(schema, dict) else None

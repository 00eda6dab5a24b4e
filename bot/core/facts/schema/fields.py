"""The named fields of a schema: properties of an object, inputs and outputs of a component."""

from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from bot.core.change import Change, Kind
from bot.core.facts.schema.direction import Direction
from bot.core.facts.schema.effect import Effect
from bot.core.facts.schema.judgement import kind_of
from bot.core.facts.schema.source import MISSING, Pair
from bot.core.yaml.document import KeyPath


@dataclass(frozen=True, slots=True)
class Fields:
    """What an object has.

    Attributes:
        place: where the fields are declared.
        required: names of those that are always there; a name may be required and not declared.
        is_closed: whether there are no fields but these.
        is_judged_by_name: whether nothing else in the schema says what an undeclared field holds.
    """

    place: KeyPath
    schemas: Mapping[str, object]
    required: AbstractSet[str]
    is_closed: bool
    is_judged_by_name: bool


def compare_names(pair: Pair, was: Fields, now: Fields, direction: Direction) -> Iterator[Change]:
    """Yield which fields came, went, or are required otherwise; what a field holds is not compared.

    It is taken for granted that nobody sends a field that the schema does not name.
    """
    for name in was.schemas:
        if name not in now.schemas:
            kind = _kind(Kind.SCHEMA_PROPERTY_REMOVED, direction)
            yield pair.change(kind, (*was.place, name), was=_brief(was.schemas[name]))
    for name in now.schemas:
        if name not in was.schemas:
            kind = _kind(_added(name, was, now, direction), direction)
            yield pair.change(kind, (*now.place, name), now=_brief(now.schemas[name]))
    for name in sorted(was.required ^ now.required):
        if (name in was.schemas) == (name in now.schemas):
            yield _requirement(pair, name, now, direction)


def _added(name: str, was: Fields, now: Fields, direction: Direction) -> Kind:
    if not (was.is_judged_by_name and now.is_judged_by_name):
        return Kind.SCHEMA_CHANGED
    if direction is Direction.OUTPUT and was.is_closed:
        return Kind.SCHEMA_OUTPUT_WIDENED  # readers were told that there is nothing else
    if name in was.required:  # it was sent already, and held anything
        return kind_of(Effect.NARROWER, direction)
    if direction is Direction.OUTPUT:
        return Kind.SCHEMA_OUTPUT_PROPERTY_ADDED
    if name in now.required:
        return Kind.SCHEMA_INPUT_PROPERTY_REQUIRED
    return Kind.SCHEMA_INPUT_PROPERTY_ADDED


def _requirement(pair: Pair, name: str, now: Fields, direction: Direction) -> Change:
    words = ("required", "optional")
    is_required = name in now.required
    effect = Effect.NARROWER if is_required else Effect.WIDER
    kind = kind_of(effect, direction)
    if kind is Kind.SCHEMA_INPUT_NARROWED:
        kind = Kind.SCHEMA_INPUT_PROPERTY_REQUIRED
    was_word, now_word = reversed(words) if is_required else words
    return pair.change(kind, (*now.place, name), was=was_word, now=now_word)


def _kind(kind: Kind, direction: Direction) -> Kind:
    return Kind.SCHEMA_CHANGED if direction is Direction.UNKNOWN else kind


def _brief(schema: object) -> object:
    """Return the type that a field is declared to have; nothing where it has none."""
    kind = schema.get("type", MISSING) if isinstance(schema, dict) else MISSING
    return kind if isinstance(kind, str) else "field"

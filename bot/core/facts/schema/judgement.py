"""An effect on a schema, as the kind of change that it is for those who rely on the schema."""

from bot.core.change import Kind
from bot.core.facts.schema.direction import Direction
from bot.core.facts.schema.effect import Effect

_ANYWHERE = {
    Effect.DOCUMENTATION: Kind.SCHEMA_DOCUMENTATION_CHANGED,
    Effect.DEFAULT: Kind.SCHEMA_DEFAULT_CHANGED,
    Effect.TYPE: Kind.SCHEMA_TYPE_CHANGED,
}
_BY_DIRECTION = {
    Direction.INPUT: {
        Effect.WIDER: Kind.SCHEMA_INPUT_WIDENED,
        Effect.NARROWER: Kind.SCHEMA_INPUT_NARROWED,
        Effect.ENUM_WIDER: Kind.SCHEMA_INPUT_ENUM_EXTENDED,
        Effect.ENUM_NARROWER: Kind.SCHEMA_INPUT_ENUM_REDUCED,
    },
    Direction.OUTPUT: {
        Effect.WIDER: Kind.SCHEMA_OUTPUT_WIDENED,
        Effect.NARROWER: Kind.SCHEMA_OUTPUT_NARROWED,
        Effect.ENUM_WIDER: Kind.SCHEMA_OUTPUT_ENUM_EXTENDED,
        Effect.ENUM_NARROWER: Kind.SCHEMA_OUTPUT_NARROWED,
    },
    Direction.UNKNOWN: {},
}


def kind_of(effect: Effect, direction: Direction) -> Kind:
    """Return what an effect is to those who rely on the schema; SCHEMA_CHANGED if unknown."""
    kinds = _ANYWHERE | _BY_DIRECTION[direction]
    return kinds.get(effect, Kind.SCHEMA_CHANGED)

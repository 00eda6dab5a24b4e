"""Readers may not know what to do with a value that they were never told of."""

from bot.core.change import Kind
from bot.core.finding import Impact
from bot.core.rules._rule import Rule, of_kind

RULE = Rule(
    id="schema_output_enum_extended",
    impact=Impact.BREAKING,
    requires_retrain=True,
    summary="A value was added to those that an output may have.",
    why=__doc__,
    remedy="Keep the values that readers know, or release a new major version and retrain.",
    matches=of_kind(Kind.SCHEMA_OUTPUT_ENUM_EXTENDED),
)

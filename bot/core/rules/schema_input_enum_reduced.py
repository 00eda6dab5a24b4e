"""Whoever sends the value so far is refused from now on."""

from bot.core.change import Kind
from bot.core.finding import Impact
from bot.core.rules._rule import Rule, of_kind

RULE = Rule(
    id="schema_input_enum_reduced",
    impact=Impact.BREAKING,
    requires_retrain=True,
    summary="A value was removed from those that an input may have.",
    why=__doc__,
    remedy="Put the value back, or release a new major version and retrain.",
    matches=of_kind(Kind.SCHEMA_INPUT_ENUM_REDUCED),
)

"""Whoever leaves it out so far is refused from now on."""

from bot.core.change import Kind
from bot.core.finding import Impact
from bot.core.rules._rule import Rule, of_kind

RULE = Rule(
    id="schema_input_property_required",
    impact=Impact.BREAKING,
    requires_retrain=True,
    summary="A property or input that must be given was added, or may no longer be left out.",
    why=__doc__,
    remedy="Make it optional or give it a default, or release a new major version and retrain.",
    matches=of_kind(Kind.SCHEMA_INPUT_PROPERTY_REQUIRED),
)

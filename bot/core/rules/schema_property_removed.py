"""Readers miss it, and what senders still send goes nowhere. A new name is a removal, too."""

from bot.core.change import Kind
from bot.core.finding import Impact
from bot.core.rules._rule import Rule, of_kind

RULE = Rule(
    id="schema_property_removed",
    impact=Impact.BREAKING,
    requires_retrain=True,
    summary="A property, an input or an output was removed.",
    why=__doc__,
    remedy="Put it back, or release a new major version and retrain.",
    matches=of_kind(Kind.SCHEMA_PROPERTY_REMOVED),
)

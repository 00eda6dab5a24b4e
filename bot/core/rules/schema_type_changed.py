"""Whoever writes or reads the value handles it as what it was."""

from bot.core.change import Kind
from bot.core.finding import Impact
from bot.core.rules._rule import Rule, of_kind

RULE = Rule(
    id="schema_type_changed",
    impact=Impact.BREAKING,
    requires_retrain=True,
    summary="A type was replaced by one that does not include it.",
    why=__doc__,
    remedy="Put the type back, or release a new major version and retrain.",
    matches=of_kind(Kind.SCHEMA_TYPE_CHANGED),
)

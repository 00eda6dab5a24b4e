"""Whoever relies on the default gets another value without having changed anything."""

from bot.core.change import Kind
from bot.core.finding import Impact
from bot.core.rules._rule import Rule, of_kind

RULE = Rule(
    id="schema_default_changed",
    impact=Impact.BREAKING,
    requires_retrain=True,
    summary="A default was changed, added or removed.",
    why=__doc__,
    remedy="Put the default back, or release a new major version and retrain.",
    matches=of_kind(Kind.SCHEMA_DEFAULT_CHANGED),
)

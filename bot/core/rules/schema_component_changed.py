"""Callers who change nothing run something else.

Only handing on a new optional input, or putting it in the place of the constant that is its
default, is proven to be no difference.
"""

from bot.core.change import Kind
from bot.core.finding import Impact
from bot.core.rules._rule import Rule, of_kind

RULE = Rule(
    id="schema_component_changed",
    impact=Impact.BREAKING,
    requires_retrain=True,
    summary="What a component runs, or where and how, changed.",
    why=__doc__,
    remedy="Put it back, or release a new major version and retrain.",
    matches=of_kind(Kind.SCHEMA_COMPONENT_CHANGED),
)

"""Readers may get something that they were told never comes, or miss what was always there."""

from bot.core.change import Kind
from bot.core.finding import Impact
from bot.core.rules._rule import Rule, of_kind

RULE = Rule(
    id="schema_output_widened",
    impact=Impact.BREAKING,
    requires_retrain=True,
    summary="An output may hold more values, may be left out, or may have further properties.",
    why=__doc__,
    remedy="Promise what was promised, or release a new major version and retrain.",
    matches=of_kind(Kind.SCHEMA_OUTPUT_WIDENED),
)

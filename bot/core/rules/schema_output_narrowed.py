"""All that readers get is something that they already know."""

from bot.core.change import Kind
from bot.core.finding import Impact
from bot.core.rules._rule import Rule, of_kind

RULE = Rule(
    id="schema_output_narrowed",
    impact=Impact.MINOR,
    requires_retrain=False,
    summary="An output may hold fewer values, or is always there from now on.",
    why=__doc__,
    remedy="Release it as a minor version; the test of all models is the proof.",
    matches=of_kind(Kind.SCHEMA_OUTPUT_NARROWED),
)

"""Readers find all that they read so far, and pass over what they do not know."""

from bot.core.change import Kind
from bot.core.finding import Impact
from bot.core.rules._rule import Rule, of_kind

RULE = Rule(
    id="schema_output_property_added",
    impact=Impact.MINOR,
    requires_retrain=False,
    summary="A property or output was added to what readers get.",
    why=__doc__,
    remedy="Release it as a minor version; the test of all models is the proof.",
    matches=of_kind(Kind.SCHEMA_OUTPUT_PROPERTY_ADDED),
)

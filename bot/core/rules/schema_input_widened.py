"""All that was accepted so far is accepted still."""

from bot.core.change import Kind
from bot.core.finding import Impact
from bot.core.rules._rule import Rule, of_kind

RULE = Rule(
    id="schema_input_widened",
    impact=Impact.MINOR,
    requires_retrain=False,
    summary="More values of an input are accepted, or it may be left out.",
    why=__doc__,
    remedy="Release it as a minor version; the test of all models is the proof.",
    matches=of_kind(Kind.SCHEMA_INPUT_WIDENED),
)

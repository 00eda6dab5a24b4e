"""All values that were accepted so far are accepted still."""

from bot.core.change import Kind
from bot.core.finding import Impact
from bot.core.rules._rule import Rule, of_kind

RULE = Rule(
    id="schema_input_enum_extended",
    impact=Impact.MINOR,
    requires_retrain=False,
    summary="A value was added to those that an input may have.",
    why=__doc__,
    remedy="Release it as a minor version; the test of all models is the proof.",
    matches=of_kind(Kind.SCHEMA_INPUT_ENUM_EXTENDED),
)

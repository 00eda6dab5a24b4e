"""It stands after all others, and with its default the function does what it did before."""

from bot.core.change import Kind
from bot.core.finding import Impact
from bot.core.rules._rule import Rule, of_kind

RULE = Rule(
    id="optional_parameter_added",
    impact=Impact.MINOR,
    requires_retrain=False,
    summary="A function was given an optional parameter.",
    why=__doc__,
    remedy="Release it as a minor version; the test of all models is the proof.",
    matches=of_kind(Kind.PARAMETER_ADDED),
)

"""Nothing that was there before knows the new function, and defining it has no effect."""

from bot.core.change import Kind
from bot.core.finding import Impact
from bot.core.rules._rule import Rule, of_kind

RULE = Rule(
    id="function_added",
    impact=Impact.MINOR,
    requires_retrain=False,
    summary="A new function was added.",
    why=__doc__,
    remedy="Release it as a minor version; the test of all models is the proof.",
    matches=of_kind(Kind.FUNCTION_ADDED),
)

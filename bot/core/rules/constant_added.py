"""Nothing that was there before knows the new constant."""

from bot.core.change import Kind
from bot.core.finding import Impact
from bot.core.rules._rule import Rule, of_kind

RULE = Rule(
    id="constant_added",
    impact=Impact.MINOR,
    requires_retrain=False,
    summary="A new constant was added.",
    why=__doc__,
    remedy="Release it as a minor version; the test of all models is the proof.",
    matches=of_kind(Kind.CONSTANT_ADDED),
)

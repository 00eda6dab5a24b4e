"""People read it and code does not."""

from bot.core.change import Kind
from bot.core.finding import Impact
from bot.core.rules._rule import Rule, of_kind

RULE = Rule(
    id="documentation_changed",
    impact=Impact.PATCH,
    requires_retrain=False,
    summary="Documentation changed.",
    why=__doc__,
    remedy="Release it as a patch; the test of all models is the proof.",
    matches=of_kind(Kind.DOCUMENTATION_CHANGED),
)

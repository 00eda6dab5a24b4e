"""Log and print calls whose arguments have no effect do not change what is scored.

It is assumed that turning a value into text changes nothing and does not fail.
"""

from bot.core.change import Kind
from bot.core.finding import Impact
from bot.core.rules._rule import Rule, of_kind

RULE = Rule(
    id="logging_changed",
    impact=Impact.PATCH,
    requires_retrain=False,
    summary="Log or print statements changed.",
    why=__doc__,
    remedy="Release it as a patch; the test of all models is the proof.",
    matches=of_kind(Kind.LOGGING_CHANGED),
)

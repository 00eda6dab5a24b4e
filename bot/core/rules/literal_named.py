"""A value that was written out in the code stands behind a name now, and nothing can change it."""

from bot.core.change import Kind
from bot.core.finding import Impact
from bot.core.rules._rule import Rule, of_kind

RULE = Rule(
    id="literal_named",
    impact=Impact.PATCH,
    requires_retrain=False,
    summary="A value was given a name.",
    why=__doc__,
    remedy="Release it as a patch; the test of all models is the proof.",
    matches=of_kind(Kind.LITERAL_NAMED),
)

"""A variable of a function has another name everywhere, and nothing can see that name."""

from bot.core.change import Kind
from bot.core.finding import Impact
from bot.core.rules._rule import Rule, of_kind

RULE = Rule(
    id="local_renamed",
    impact=Impact.PATCH,
    requires_retrain=False,
    summary="A variable inside a function was renamed.",
    why=__doc__,
    remedy="Release it as a patch; the test of all models is the proof.",
    matches=of_kind(Kind.LOCAL_RENAMED),
)

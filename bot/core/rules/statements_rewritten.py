"""An `else` behind a `return`, or a name for what is returned, changes nothing that runs."""

from bot.core.change import Kind
from bot.core.finding import Impact
from bot.core.rules._rule import Rule, of_kind

RULE = Rule(
    id="statements_rewritten",
    impact=Impact.PATCH,
    requires_retrain=False,
    summary="The statements of a function were written differently, and run as before.",
    why=__doc__,
    remedy="Release it as a patch; the test of all models is the proof.",
    matches=of_kind(Kind.STATEMENTS_REWRITTEN),
)

"""Making these definitions has no effect, and nothing reads them before they are made."""

from bot.core.change import Kind
from bot.core.finding import Impact
from bot.core.rules._rule import Rule, of_kind

RULE = Rule(
    id="definition_moved",
    impact=Impact.PATCH,
    requires_retrain=False,
    summary="Definitions stand in another order in the same file.",
    why=__doc__,
    remedy="Release it as a patch; the test of all models is the proof.",
    matches=of_kind(Kind.DEFINITION_MOVED),
)

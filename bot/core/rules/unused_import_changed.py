"""The module has no effect on import and nothing uses its name."""

from bot.core.change import Kind
from bot.core.finding import Impact
from bot.core.rules._rule import Rule, of_kind

RULE = Rule(
    id="unused_import_changed",
    impact=Impact.PATCH,
    requires_retrain=False,
    summary="Only unused imports, or the order of imports without effect, changed.",
    why=__doc__,
    remedy="Release it as a patch; the test of all models is the proof.",
    matches=of_kind(Kind.UNUSED_IMPORT_CHANGED),
)

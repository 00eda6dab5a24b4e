"""Nothing used it: its name is private, and no file of the environment holds it."""

from bot.core.change import Kind
from bot.core.finding import Impact
from bot.core.rules._rule import Rule, of_kind

RULE = Rule(
    id="unused_code_removed",
    impact=Impact.PATCH,
    requires_retrain=False,
    summary="A private function or constant that nothing used was removed.",
    why=__doc__,
    remedy="Release it as a patch; the test of all models is the proof.",
    matches=of_kind(Kind.UNUSED_CODE_REMOVED),
)

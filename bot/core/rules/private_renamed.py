"""The name begins with an underscore, no other file holds it, and every use was renamed with it."""

from bot.core.change import Kind
from bot.core.finding import Impact
from bot.core.rules._rule import Rule, of_kind

RULE = Rule(
    id="private_renamed",
    impact=Impact.PATCH,
    requires_retrain=False,
    summary="A private function or constant was renamed.",
    why=__doc__,
    remedy="Release it as a patch; the test of all models is the proof.",
    matches=of_kind(Kind.PRIVATE_RENAMED),
)

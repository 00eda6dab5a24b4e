"""Nothing reads it: a variable of one function, or a private name that no other file holds."""

from bot.core.change import Kind
from bot.core.finding import Impact
from bot.core.rules._rule import Rule, of_kind

RULE = Rule(
    id="unused_code_changed",
    impact=Impact.PATCH,
    requires_retrain=False,
    summary="Code that nothing uses was added or removed.",
    why=__doc__,
    remedy="Release it as a patch; the test of all models is the proof.",
    matches=of_kind(Kind.UNUSED_CODE_CHANGED),
)

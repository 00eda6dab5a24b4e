"""Nothing reads these annotations, and evaluating them cannot fail.

Where something may read them (a decorator, a data class, a library that checks types) they count
as code.
"""

from bot.core.change import Kind
from bot.core.finding import Impact
from bot.core.rules._rule import Rule, of_kind

RULE = Rule(
    id="annotation_changed",
    impact=Impact.PATCH,
    requires_retrain=False,
    summary="Type annotations, or imports that only type checkers run, changed.",
    why=__doc__,
    remedy="Release it as a patch; the test of all models is the proof.",
    matches=of_kind(Kind.ANNOTATION_CHANGED),
)

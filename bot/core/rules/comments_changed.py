"""What the file declares is the same.

The version is another one, because its digest covers the text.
"""

from bot.core.change import Kind
from bot.core.finding import Impact
from bot.core.rules._rule import Rule, of_kind

RULE = Rule(
    id="comments_changed",
    impact=Impact.PATCH,
    requires_retrain=False,
    summary="Only comments, layout or spelling of a declaration changed.",
    why=__doc__,
    remedy="Release it as a patch; the test of all models is the proof.",
    matches=of_kind(Kind.COMMENTS_CHANGED),
)

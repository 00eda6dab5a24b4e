"""With every version pinned the order decides nothing.

The image is built anew, because its hash covers the order.
"""

from bot.core.change import Kind
from bot.core.finding import Impact
from bot.core.rules._rule import Rule, of_kind

RULE = Rule(
    id="packages_reordered",
    impact=Impact.PATCH,
    requires_retrain=False,
    summary="Pinned packages were put in another order.",
    why=__doc__,
    remedy="Release it as a patch; the test of all models is the proof.",
    matches=of_kind(Kind.PACKAGES_REORDERED_PINNED),
)

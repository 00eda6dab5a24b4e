"""The image is built anew, because its hash covers the order. What is not pinned is chosen anew."""

from bot.core.change import Kind
from bot.core.finding import Impact
from bot.core.rules._rule import Rule, of_kind

RULE = Rule(
    id="unpinned_packages_reordered",
    impact=Impact.BREAKING,
    requires_retrain=True,
    summary="Packages were put in another order while some are not pinned.",
    why=__doc__,
    remedy="Pin every version, then order them.",
    matches=of_kind(Kind.PACKAGES_REORDERED_UNPINNED),
)

"""Version, description and tags describe the content and are not part of it."""

from bot.core.change import Kind
from bot.core.finding import Impact
from bot.core.rules._rule import Rule, of_kind

RULE = Rule(
    id="description_changed",
    impact=Impact.NONE,
    requires_retrain=False,
    summary="The version, the description or a tag changed.",
    why=__doc__,
    remedy="Nothing: the declaration is compared with the verdict separately.",
    matches=of_kind(Kind.DESCRIPTION_CHANGED),
)

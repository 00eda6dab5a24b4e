"""The version that is installed now may be one of those that are no longer allowed."""

from bot.core.change import Kind
from bot.core.finding import Impact
from bot.core.package_groups import Group
from bot.core.rules._rule import Rule, of_package

RULE = Rule(
    id="package_tightened",
    impact=Impact.BREAKING,
    requires_retrain=False,
    summary="A package was allowed in fewer versions.",
    why=__doc__,
    remedy="Pin the version that is installed now, or release a new major version.",
    matches=of_package(Kind.PACKAGE_TIGHTENED, Group.SERVING, Group.OTHER),
)

"""Which version is installed depends on the day of the build, before as after."""

from bot.core.change import Kind
from bot.core.finding import Impact
from bot.core.package_groups import Group
from bot.core.rules._rule import Rule, of_package

RULE = Rule(
    id="package_range_changed",
    impact=Impact.BREAKING,
    requires_retrain=False,
    summary="A package was given another range of versions.",
    why=__doc__,
    remedy="Pin the version that is installed now, or release a new major version.",
    matches=of_package(Kind.PACKAGE_RANGE_CHANGED, Group.SERVING, Group.OTHER),
)

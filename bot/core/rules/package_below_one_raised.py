"""Below 1.0 a package promises nothing. A minor number may break, below 0.1 any number may."""

from bot.core.change import Kind
from bot.core.finding import Impact
from bot.core.package_groups import Group
from bot.core.rules._rule import Rule, of_package

RULE = Rule(
    id="package_below_one_raised",
    impact=Impact.BREAKING,
    requires_retrain=False,
    summary="A package below 1.0 was raised by a version that promises nothing.",
    why=__doc__,
    remedy="Release a new major version, or keep what was there.",
    matches=of_package(Kind.PACKAGE_RAISED_BELOW_ONE, Group.SERVING, Group.OTHER),
)

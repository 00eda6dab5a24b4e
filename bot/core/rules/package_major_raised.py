"""A major release announces that code which used the package may have to change."""

from bot.core.change import Kind
from bot.core.finding import Impact
from bot.core.package_groups import Group
from bot.core.rules._rule import Rule, of_package

RULE = Rule(
    id="package_major_raised",
    impact=Impact.BREAKING,
    requires_retrain=False,
    summary="A package was raised by a major version.",
    why=__doc__,
    remedy="Release a new major version, or keep what was there.",
    matches=of_package(Kind.PACKAGE_RAISED_MAJOR, Group.OTHER),
)

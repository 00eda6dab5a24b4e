"""Without a pin the version is whatever is newest when the image is built."""

from bot.core.change import Kind
from bot.core.finding import Impact
from bot.core.package_groups import Group
from bot.core.rules._rule import Rule, of_package

RULE = Rule(
    id="package_unpinned",
    impact=Impact.BREAKING,
    requires_retrain=False,
    summary="A package was no longer pinned to one version.",
    why=__doc__,
    remedy="Pin the version that is installed now, or release a new major version.",
    matches=of_package(Kind.PACKAGE_UNPINNED, Group.SERVING, Group.OTHER),
)

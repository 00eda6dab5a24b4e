"""A pre-release promises nothing, neither to the release before it nor to the one after it."""

from bot.core.change import Kind
from bot.core.finding import Impact
from bot.core.package_groups import Group
from bot.core.rules._rule import Rule, of_package

RULE = Rule(
    id="package_prerelease_changed",
    impact=Impact.BREAKING,
    requires_retrain=True,
    summary="A package moved to, from or between pre-releases.",
    why=__doc__,
    remedy="Wait for the release, or release a new major version and retrain.",
    matches=of_package(Kind.PACKAGE_PRERELEASE_CHANGED, *set(Group) - {Group.TOOLING}),
)

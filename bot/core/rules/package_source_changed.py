"""What a URL, a repository or a folder holds is no release. It may be another thing tomorrow."""

from bot.core.change import Kind
from bot.core.finding import Impact
from bot.core.package_groups import Group
from bot.core.rules._rule import Rule, of_package

RULE = Rule(
    id="package_source_changed",
    impact=Impact.BREAKING,
    requires_retrain=True,
    summary="A package came to, from or between a URL, a repository or a folder.",
    why=__doc__,
    remedy="Depend on a released version, or release a new major version and retrain.",
    matches=of_package(Kind.PACKAGE_SOURCE_CHANGED, *Group),
)

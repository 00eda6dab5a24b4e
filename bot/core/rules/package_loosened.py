"""The next build may take a version that no model was tested with."""

from bot.core.change import Kind
from bot.core.finding import Impact
from bot.core.package_groups import Group
from bot.core.rules._rule import Rule, of_package

RULE = Rule(
    id="package_loosened",
    impact=Impact.BREAKING,
    requires_retrain=False,
    summary="A package was allowed in more versions.",
    why=__doc__,
    remedy="Pin the version that is installed now, or release a new major version.",
    matches=of_package(Kind.PACKAGE_LOOSENED, Group.SERVING, Group.OTHER),
)

"""The platform's packages keep their interface within a major version. No model depends on them."""

from bot.core.change import Kind
from bot.core.finding import Impact
from bot.core.package_groups import Group
from bot.core.rules._rule import Rule, of_package

RULE = Rule(
    id="serving_minor_raised",
    impact=Impact.MINOR,
    requires_retrain=False,
    summary="A serving package was raised by a minor version.",
    why=__doc__,
    remedy="Release it as a minor version; the test of all models is the proof.",
    matches=of_package(Kind.PACKAGE_RAISED_MINOR, Group.SERVING),
)

"""An earlier version lacks what code written since may use, and brings back faults."""

from bot.core.change import Kind
from bot.core.finding import Impact
from bot.core.package_groups import Group
from bot.core.rules._rule import Rule, of_package

RULE = Rule(
    id="package_lowered",
    impact=Impact.BREAKING,
    requires_retrain=False,
    summary="A package was lowered.",
    why=__doc__,
    remedy="Release a new major version, or keep what was there.",
    matches=of_package(Kind.PACKAGE_LOWERED, Group.SERVING, Group.OTHER),
)

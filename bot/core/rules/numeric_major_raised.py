"""Numeric packages change types, rounding and defaults in major releases.

The same model then gives other numbers.
"""

from bot.core.change import Kind
from bot.core.finding import Impact
from bot.core.package_groups import Group
from bot.core.rules._rule import Rule, of_package

RULE = Rule(
    id="numeric_major_raised",
    impact=Impact.BREAKING,
    requires_retrain=True,
    summary="A numeric package was raised by a major version.",
    why=__doc__,
    remedy=(
        "Release a new major version and retrain, or keep the version that the models were "
        "trained with."
    ),
    matches=of_package(Kind.PACKAGE_RAISED_MAJOR, Group.NUMERIC),
)

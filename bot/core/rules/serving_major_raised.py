"""Batch deployments call into the serving packages, and a major release may change how.

The models themselves are untouched.
"""

from bot.core.change import Kind
from bot.core.finding import Impact
from bot.core.package_groups import Group
from bot.core.rules._rule import Rule, of_package

RULE = Rule(
    id="serving_major_raised",
    impact=Impact.BREAKING,
    requires_retrain=False,
    summary="A serving package was raised by a major version.",
    why=__doc__,
    remedy="Release a new major version, or keep what was there.",
    matches=of_package(Kind.PACKAGE_RAISED_MAJOR, Group.SERVING),
)

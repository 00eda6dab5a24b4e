"""A framework's patch release repairs without changing what models compute.

The test of all models on the candidate is what confirms it.
"""

from bot.core.change import Kind
from bot.core.finding import Impact
from bot.core.package_groups import Group
from bot.core.rules._rule import Rule, of_package

RULE = Rule(
    id="framework_patch_raised",
    impact=Impact.PATCH,
    requires_retrain=False,
    summary="A framework package was raised by a patch version.",
    why=__doc__,
    remedy="Release it as a patch; the test of all models is the proof.",
    matches=of_package(Kind.PACKAGE_RAISED_PATCH, Group.FRAMEWORK),
)

"""A patch release of Python repairs and keeps bytecode, pickles and the builds of all packages."""

from bot.core.change import Kind
from bot.core.finding import Impact
from bot.core.package_groups import Group
from bot.core.rules._rule import Rule, of_package

RULE = Rule(
    id="python_patch_raised",
    impact=Impact.PATCH,
    requires_retrain=False,
    summary="Python was raised by a patch version.",
    why=__doc__,
    remedy="Release it as a patch; the test of all models is the proof.",
    matches=of_package(Kind.PACKAGE_RAISED_PATCH, Group.INTERPRETER),
)

"""Code that was there before does not import a package that was not."""

from bot.core.change import Kind
from bot.core.finding import Impact
from bot.core.package_groups import Group
from bot.core.rules._rule import Rule, any_of, of_package

RULE = Rule(
    id="package_added",
    impact=Impact.MINOR,
    requires_retrain=False,
    summary="A package was added that no model depends on, or without asking for a version.",
    why=__doc__,
    remedy="Release it as a minor version; the test of all models is the proof.",
    matches=any_of(
        of_package(Kind.PACKAGE_ADDED_PINNED, Group.SERVING, Group.OTHER),
        of_package(
            Kind.PACKAGE_ADDED_UNPINNED,
            Group.NUMERIC,
            Group.SERIALISATION,
            Group.SERVING,
            Group.OTHER,
        ),
    ),
)

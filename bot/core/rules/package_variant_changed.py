"""One version number stands for many files.

Extras, markers, channels, builds, local versions and hashes decide which of them are installed.
"""

from bot.core.change import Kind
from bot.core.finding import Impact
from bot.core.package_groups import Group
from bot.core.rules._rule import Rule, of_package

RULE = Rule(
    id="package_variant_changed",
    impact=Impact.BREAKING,
    requires_retrain=True,
    summary="A package was asked for in another variant: extras, marker, channel, build or hash.",
    why=__doc__,
    remedy=(
        "Release a new major version and retrain, or keep the version that the models were "
        "trained with."
    ),
    matches=of_package(Kind.PACKAGE_VARIANT_CHANGED, *set(Group) - {Group.TOOLING}),
)

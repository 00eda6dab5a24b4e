"""conda and pip ship different builds of one version, linked to different numeric libraries."""

from bot.core.change import Kind
from bot.core.finding import Impact
from bot.core.package_groups import Group
from bot.core.rules._rule import Rule, of_package

RULE = Rule(
    id="package_installer_changed",
    impact=Impact.BREAKING,
    requires_retrain=True,
    summary="A package moved between conda and pip.",
    why=__doc__,
    remedy=(
        "Release a new major version and retrain, or keep the version that the models were "
        "trained with."
    ),
    matches=of_package(Kind.PACKAGE_INSTALLER_CHANGED, *Group),
)

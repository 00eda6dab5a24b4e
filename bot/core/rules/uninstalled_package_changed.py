"""A list for documentation, tests or development that nothing names is not part of the image."""

from bot.core.change import Change, Kind
from bot.core.finding import Impact
from bot.core.package_groups import MODEL_GROUPS, Packages, group_of
from bot.core.rules._rule import Rule


def _matches(change: Change, packages: Packages) -> bool:
    is_uninstalled = change.kind is Kind.UNINSTALLED_PACKAGE_CHANGED
    return is_uninstalled and group_of(change.subject, packages) not in MODEL_GROUPS


RULE = Rule(
    id="uninstalled_package_changed",
    impact=Impact.PATCH,
    requires_retrain=False,
    summary="A list of packages changed that is for documentation, tests or development only.",
    why=__doc__,
    remedy="Release it as a patch; name the list in the Dockerfile if the image should have it.",
    matches=_matches,
)

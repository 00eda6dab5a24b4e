"""Installers, build tools and test tools are not used while scoring."""

from bot.core.change import Change, Kind
from bot.core.finding import Impact
from bot.core.package_groups import Group, Packages, group_of
from bot.core.rules._rule import Rule

_NOT_ALL = {Kind.PACKAGE_SOURCE_CHANGED, Kind.PACKAGE_INSTALLER_CHANGED}
_KINDS = {kind for kind in Kind if kind.startswith("package_")} - _NOT_ALL


def _matches(change: Change, packages: Packages) -> bool:
    if change.kind not in _KINDS or group_of(change.subject, packages) is not Group.TOOLING:
        return False
    # packages import pkg_resources from setuptools at run time
    return change.kind is not Kind.PACKAGE_REMOVED or change.subject != "setuptools"


RULE = Rule(
    id="tooling_changed",
    impact=Impact.PATCH,
    requires_retrain=False,
    summary="A package that only builds, installs or tests was changed.",
    why=__doc__,
    remedy="Release it as a patch; the test of all models is the proof.",
    matches=_matches,
)

"""Scoring code or a trained model may import it.

Batch deployments need azureml-core and azureml-dataset-runtime[fuse].
"""

from bot.core.change import Change, Kind
from bot.core.finding import Impact
from bot.core.package_groups import Group, Packages, group_of
from bot.core.rules._rule import Rule


def _matches(change: Change, packages: Packages) -> bool:
    if change.kind is not Kind.PACKAGE_REMOVED:
        return False
    # packages import pkg_resources from setuptools at run time
    return change.subject == "setuptools" or group_of(change.subject, packages) in {
        Group.SERVING,
        Group.OTHER,
    }


RULE = Rule(
    id="package_removed",
    impact=Impact.BREAKING,
    requires_retrain=False,
    summary="A package was removed.",
    why=__doc__,
    remedy="Release a new major version, or keep what was there.",
    matches=_matches,
)

"""Frameworks change operations, defaults and saved formats in minor releases.

TensorFlow 2.13 to 2.14 is such a step, and scikit-learn warns that loading across them may give
invalid results.
"""

from bot.core.change import Kind
from bot.core.finding import Impact
from bot.core.package_groups import Group
from bot.core.rules._rule import Rule, of_package

RULE = Rule(
    id="framework_minor_raised",
    impact=Impact.BREAKING,
    requires_retrain=True,
    summary="A framework package was raised by a minor version.",
    why=__doc__,
    remedy=(
        "Release a new major version and retrain, or keep the version that the models were "
        "trained with."
    ),
    matches=of_package(Kind.PACKAGE_RAISED_MINOR, Group.FRAMEWORK),
)

"""Numeric libraries and Python packages load shared libraries of the system.

apt takes the newest version of the day and brings what it depends on.
"""

from bot.core.change import Kind
from bot.core.finding import Impact
from bot.core.rules._rule import Rule, of_kind

RULE = Rule(
    id="apt_package_changed",
    impact=Impact.BREAKING,
    requires_retrain=True,
    summary="A package of the operating system was added, removed or changed.",
    why=__doc__,
    remedy=(
        "Release a new major version and retrain, or keep the version that the models were "
        "trained with."
    ),
    matches=of_kind(Kind.SYSTEM_PACKAGE_CHANGED),
)

"""A framework brings its own numeric stack and registers itself on import.

What the resolver chose before may move.
"""

from bot.core.change import Kind
from bot.core.finding import Impact
from bot.core.package_groups import Group
from bot.core.rules._rule import Rule, any_of, of_package

RULE = Rule(
    id="framework_added",
    impact=Impact.BREAKING,
    requires_retrain=True,
    summary="A framework package was added.",
    why=__doc__,
    remedy=(
        "Release a new major version and retrain, or keep the version that the models were "
        "trained with."
    ),
    matches=any_of(
        of_package(Kind.PACKAGE_ADDED_PINNED, Group.FRAMEWORK),
        of_package(Kind.PACKAGE_ADDED_UNPINNED, Group.FRAMEWORK),
    ),
)

"""Before, the resolver chose whether and in which version the package is there.

Models depend on it, and nobody can say that the version is the same.
"""

from bot.core.change import Kind
from bot.core.finding import Impact
from bot.core.package_groups import Group
from bot.core.rules._rule import Rule, any_of, of_package

RULE = Rule(
    id="model_package_added",
    impact=Impact.BREAKING,
    requires_retrain=True,
    summary="A numeric or serialisation package or an interpreter was added.",
    why=__doc__,
    remedy=(
        "Release a new major version and retrain, or keep the version that the models were "
        "trained with."
    ),
    matches=any_of(
        of_package(
            Kind.PACKAGE_ADDED_PINNED, Group.INTERPRETER, Group.NUMERIC, Group.SERIALISATION
        ),
        of_package(Kind.PACKAGE_ADDED_UNPINNED, Group.INTERPRETER),
    ),
)

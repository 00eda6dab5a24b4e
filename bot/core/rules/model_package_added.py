"""Before, the resolver chose whether and in which version the package is there.

Models depend on it, and nobody can say that the version is the same. Some packages, such as nomkl,
decide in any version which build of the others is taken.
"""

from bot.core.change import Change, Kind
from bot.core.finding import Impact
from bot.core.package_groups import BUILD_SELECTORS, Group, Packages, normalise
from bot.core.rules._rule import Rule, any_of, of_package


def _selects_builds(change: Change, _: Packages) -> bool:
    is_added = change.kind is Kind.PACKAGE_ADDED_UNPINNED
    return is_added and normalise(change.subject) in BUILD_SELECTORS


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
        _selects_builds,
    ),
)

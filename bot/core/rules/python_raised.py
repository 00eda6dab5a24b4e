"""Another Python minor version runs other builds of every package. Pickled models may not load."""

from bot.core.change import Kind
from bot.core.finding import Impact
from bot.core.package_groups import Group
from bot.core.rules._rule import Rule, any_of, of_package

RULE = Rule(
    id="python_raised",
    impact=Impact.BREAKING,
    requires_retrain=True,
    summary="Python was raised by a minor or major version.",
    why=__doc__,
    remedy=(
        "Release a new major version and retrain, or keep the version that the models were "
        "trained with."
    ),
    matches=any_of(
        of_package(Kind.PACKAGE_RAISED_MAJOR, Group.INTERPRETER),
        of_package(Kind.PACKAGE_RAISED_MINOR, Group.INTERPRETER),
    ),
)

"""Models are stored in this package's format; minor releases have changed what they read back."""

from bot.core.change import Kind
from bot.core.finding import Impact
from bot.core.package_groups import Group
from bot.core.rules._rule import Rule, of_package

RULE = Rule(
    id="serialisation_minor_raised",
    impact=Impact.BREAKING,
    requires_retrain=True,
    summary="A serialisation package was raised by a minor version.",
    why=__doc__,
    remedy=(
        "Release a new major version and retrain, or keep the version that the models were "
        "trained with."
    ),
    matches=of_package(Kind.PACKAGE_RAISED_MINOR, Group.SERIALISATION),
)

"""Below 1.0 a package promises nothing.

This one is part of what models compute or are stored with.
"""

from bot.core.change import Kind
from bot.core.finding import Impact
from bot.core.package_groups import MODEL_GROUPS
from bot.core.rules._rule import Rule, of_package

RULE = Rule(
    id="model_package_below_one_raised",
    impact=Impact.BREAKING,
    requires_retrain=True,
    summary=(
        "A framework, numeric or serialisation package below 1.0 was raised by a version that "
        "promises nothing."
    ),
    why=__doc__,
    remedy=(
        "Release a new major version and retrain, or keep the version that the models were "
        "trained with."
    ),
    matches=of_package(Kind.PACKAGE_RAISED_BELOW_ONE, *MODEL_GROUPS),
)

"""The version that is installed now may be one of those that are no longer allowed.

Models depend on this package.
"""

from bot.core.change import Kind
from bot.core.finding import Impact
from bot.core.package_groups import MODEL_GROUPS
from bot.core.rules._rule import Rule, of_package

RULE = Rule(
    id="model_package_tightened",
    impact=Impact.BREAKING,
    requires_retrain=True,
    summary=(
        "A framework, numeric or serialisation package or Python was allowed in fewer versions."
    ),
    why=__doc__,
    remedy=(
        "Pin the version that the models were trained with, or release a new major version and "
        "retrain."
    ),
    matches=of_package(Kind.PACKAGE_TIGHTENED, *MODEL_GROUPS),
)

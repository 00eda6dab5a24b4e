"""The next build may take a version that no model was tested with.

Models depend on this package.
"""

from bot.core.change import Kind
from bot.core.finding import Impact
from bot.core.package_groups import MODEL_GROUPS
from bot.core.rules._rule import Rule, of_package

RULE = Rule(
    id="model_package_loosened",
    impact=Impact.BREAKING,
    requires_retrain=True,
    summary="A framework, numeric or serialisation package or Python was allowed in more versions.",
    why=__doc__,
    remedy=(
        "Pin the version that the models were trained with, or release a new major version and "
        "retrain."
    ),
    matches=of_package(Kind.PACKAGE_LOOSENED, *MODEL_GROUPS),
)

"""Models need the package to load or to compute.

If something else still installs it, its version is no longer held.
"""

from bot.core.change import Kind
from bot.core.finding import Impact
from bot.core.package_groups import MODEL_GROUPS
from bot.core.rules._rule import Rule, of_package

RULE = Rule(
    id="model_package_removed",
    impact=Impact.BREAKING,
    requires_retrain=True,
    summary="A framework, numeric or serialisation package or Python was removed.",
    why=__doc__,
    remedy=(
        "Release a new major version and retrain, or keep the version that the models were "
        "trained with."
    ),
    matches=of_package(Kind.PACKAGE_REMOVED, *MODEL_GROUPS),
)

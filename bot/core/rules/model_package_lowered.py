"""An earlier version lacks what code written since may use, and brings back faults.

Models were trained with the later one.
"""

from bot.core.change import Kind
from bot.core.finding import Impact
from bot.core.package_groups import MODEL_GROUPS
from bot.core.rules._rule import Rule, of_package

RULE = Rule(
    id="model_package_lowered",
    impact=Impact.BREAKING,
    requires_retrain=True,
    summary="A framework, numeric or serialisation package or Python was lowered.",
    why=__doc__,
    remedy=(
        "Release a new major version and retrain, or keep the version that the models were "
        "trained with."
    ),
    matches=of_package(Kind.PACKAGE_LOWERED, *MODEL_GROUPS),
)

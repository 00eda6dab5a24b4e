"""What the function does changed in a way that nothing proves harmless.

A model sees other features, or its predictions are treated differently.
"""

from bot.core.change import Kind
from bot.core.finding import Impact
from bot.core.rules._rule import Rule, of_kind

RULE = Rule(
    id="function_changed",
    impact=Impact.BREAKING,
    requires_retrain=True,
    summary="A function is new or has another body, and nothing proves that results stay the same.",
    why=__doc__,
    remedy=(
        "Release a new major version and retrain, or keep the version that the models were "
        "trained with."
    ),
    matches=of_kind(Kind.FUNCTION_CHANGED),
)

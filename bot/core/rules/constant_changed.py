"""Features, thresholds and paths are constants more often than code."""

from bot.core.change import Kind
from bot.core.finding import Impact
from bot.core.rules._rule import Rule, of_kind

RULE = Rule(
    id="constant_changed",
    impact=Impact.BREAKING,
    requires_retrain=True,
    summary="A value at the top of a module was added, removed or changed.",
    why=__doc__,
    remedy=(
        "Release a new major version and retrain, or keep the version that the models were "
        "trained with."
    ),
    matches=of_kind(Kind.CONSTANT_CHANGED),
)

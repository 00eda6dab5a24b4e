"""Whoever reads the output by these keys, columns or positions finds something else."""

from bot.core.change import Kind
from bot.core.finding import Impact
from bot.core.rules._rule import Rule, of_kind

RULE = Rule(
    id="return_keys_changed",
    impact=Impact.BREAKING,
    requires_retrain=True,
    summary="The keys, the columns or the number of values that a function returns changed.",
    why=__doc__,
    remedy=(
        "Release a new major version and retrain, or keep the version that the models were "
        "trained with."
    ),
    matches=of_kind(Kind.RETURN_KEYS_CHANGED),
)

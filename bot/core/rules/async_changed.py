"""A call of it gives a coroutine where it gave a value, or the other way round."""

from bot.core.change import Kind
from bot.core.finding import Impact
from bot.core.rules._rule import Rule, of_kind

RULE = Rule(
    id="async_changed",
    impact=Impact.BREAKING,
    requires_retrain=True,
    summary="A function became a coroutine, or stopped being one.",
    why=__doc__,
    remedy=(
        "Release a new major version and retrain, or keep the version that the models were "
        "trained with."
    ),
    matches=of_kind(Kind.ASYNC_CHANGED),
)

"""A decorator may replace, remember or register what stands below it."""

from bot.core.change import Kind
from bot.core.finding import Impact
from bot.core.rules._rule import Rule, of_kind

RULE = Rule(
    id="decorator_changed",
    impact=Impact.BREAKING,
    requires_retrain=True,
    summary="A decorator of a function or a class was added, removed or changed.",
    why=__doc__,
    remedy=(
        "Release a new major version and retrain, or keep the version that the models were "
        "trained with."
    ),
    matches=of_kind(Kind.DECORATOR_CHANGED),
)

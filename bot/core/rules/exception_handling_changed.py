"""Scoring stops where it went on, or goes on where it stopped."""

from bot.core.change import Kind
from bot.core.finding import Impact
from bot.core.rules._rule import Rule, of_kind

RULE = Rule(
    id="exception_handling_changed",
    impact=Impact.BREAKING,
    requires_retrain=True,
    summary="What code raises, catches or does after an exception changed.",
    why=__doc__,
    remedy=(
        "Release a new major version and retrain, or keep the version that the models were "
        "trained with."
    ),
    matches=of_kind(Kind.EXCEPTION_HANDLING_CHANGED),
)

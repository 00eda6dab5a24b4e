"""A schema is what producers and consumers of the data rely on."""

from bot.core.change import Kind
from bot.core.finding import Impact
from bot.core.rules._rule import Rule, of_kind

RULE = Rule(
    id="schema_changed",
    impact=Impact.BREAKING,
    requires_retrain=True,
    summary="The schema of input or output changed.",
    why=__doc__,
    remedy=(
        "Release a new major version and retrain, or keep the version that the models were "
        "trained with."
    ),
    matches=of_kind(Kind.SCHEMA_CHANGED),
)

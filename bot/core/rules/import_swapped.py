"""The same name means other code."""

from bot.core.change import Kind
from bot.core.finding import Impact
from bot.core.rules._rule import Rule, of_kind

RULE = Rule(
    id="import_swapped",
    impact=Impact.BREAKING,
    requires_retrain=True,
    summary="A name is imported from somewhere else.",
    why=__doc__,
    remedy=(
        "Release a new major version and retrain, or keep the version that the models were "
        "trained with."
    ),
    matches=of_kind(Kind.IMPORT_SWAPPED),
)

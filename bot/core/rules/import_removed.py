"""Code that uses the name stops, or what the import did besides is not done any more."""

from bot.core.change import Kind
from bot.core.finding import Impact
from bot.core.rules._rule import Rule, of_kind

RULE = Rule(
    id="import_removed",
    impact=Impact.BREAKING,
    requires_retrain=True,
    summary="An import that is used, or has effects, was removed.",
    why=__doc__,
    remedy=(
        "Release a new major version and retrain, or keep the version that the models were "
        "trained with."
    ),
    matches=of_kind(Kind.IMPORT_REMOVED),
)

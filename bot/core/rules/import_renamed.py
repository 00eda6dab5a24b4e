"""Code that uses the name it had, here or in another file, finds nothing."""

from bot.core.change import Kind
from bot.core.finding import Impact
from bot.core.rules._rule import Rule, of_kind

RULE = Rule(
    id="import_renamed",
    impact=Impact.BREAKING,
    requires_retrain=True,
    summary="The name of an import changed.",
    why=__doc__,
    remedy=(
        "Release a new major version and retrain, or keep the version that the models were "
        "trained with."
    ),
    matches=of_kind(Kind.IMPORT_RENAMED),
)

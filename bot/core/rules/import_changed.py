"""The import may fail where it runs, or do more than give a name to something."""

from bot.core.change import Kind
from bot.core.finding import Impact
from bot.core.rules._rule import Rule, of_kind

RULE = Rule(
    id="import_changed",
    impact=Impact.BREAKING,
    requires_retrain=True,
    summary="An import that is used, or has effects, was added.",
    why=__doc__,
    remedy=(
        "Release a new major version and retrain, or keep the version that the models were "
        "trained with."
    ),
    matches=of_kind(Kind.IMPORT_CHANGED),
)

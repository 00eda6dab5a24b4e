"""Code at the top of a module runs on import, before anything is scored."""

from bot.core.change import Kind
from bot.core.finding import Impact
from bot.core.rules._rule import Rule, of_kind

RULE = Rule(
    id="statement_changed",
    impact=Impact.BREAKING,
    requires_retrain=True,
    summary="A statement at the top of a module was added, removed, changed or moved.",
    why=__doc__,
    remedy=(
        "Release a new major version and retrain, or keep the version that the models were "
        "trained with."
    ),
    matches=of_kind(Kind.STATEMENT_CHANGED),
)

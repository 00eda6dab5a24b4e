"""What the class inherits, and which `except` catches it, is different."""

from bot.core.change import Kind
from bot.core.finding import Impact
from bot.core.rules._rule import Rule, of_kind

RULE = Rule(
    id="class_bases_changed",
    impact=Impact.BREAKING,
    requires_retrain=True,
    summary="The bases or the keywords of a class changed.",
    why=__doc__,
    remedy=(
        "Release a new major version and retrain, or keep the version that the models were "
        "trained with."
    ),
    matches=of_kind(Kind.CLASS_BASES_CHANGED),
)

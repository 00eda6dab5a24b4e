"""Objects of the class behave differently, and pickled ones may not load."""

from bot.core.change import Kind
from bot.core.finding import Impact
from bot.core.rules._rule import Rule, of_kind

RULE = Rule(
    id="class_changed",
    impact=Impact.BREAKING,
    requires_retrain=True,
    summary="A class was added, removed or changed.",
    why=__doc__,
    remedy=(
        "Release a new major version and retrain, or keep the version that the models were "
        "trained with."
    ),
    matches=of_kind(Kind.CLASS_CHANGED),
)

"""Every call that leaves the parameter out gets the other value."""

from bot.core.change import Kind
from bot.core.finding import Impact
from bot.core.rules._rule import Rule, of_kind

RULE = Rule(
    id="default_changed",
    impact=Impact.BREAKING,
    requires_retrain=True,
    summary="The default of a parameter changed.",
    why=__doc__,
    remedy=(
        "Release a new major version and retrain, or keep the version that the models were "
        "trained with."
    ),
    matches=of_kind(Kind.DEFAULT_CHANGED),
)

"""Calls that pass it by its name fail."""

from bot.core.change import Kind
from bot.core.finding import Impact
from bot.core.rules._rule import Rule, of_kind

RULE = Rule(
    id="parameter_renamed",
    impact=Impact.BREAKING,
    requires_retrain=True,
    summary="A parameter of a function got another name.",
    why=__doc__,
    remedy=(
        "Release a new major version and retrain, or keep the version that the models were "
        "trained with."
    ),
    matches=of_kind(Kind.PARAMETER_RENAMED),
)

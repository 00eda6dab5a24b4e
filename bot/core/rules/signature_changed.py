"""Callers may not fit the signature any more. Or they pass their values to other parameters."""

from bot.core.change import Kind
from bot.core.finding import Impact
from bot.core.rules._rule import Rule, of_kind

RULE = Rule(
    id="signature_changed",
    impact=Impact.BREAKING,
    requires_retrain=True,
    summary="The parameters or the return annotation of a function changed.",
    why=__doc__,
    remedy=(
        "Release a new major version and retrain, or keep the version that the models were "
        "trained with."
    ),
    matches=of_kind(Kind.SIGNATURE_CHANGED),
)

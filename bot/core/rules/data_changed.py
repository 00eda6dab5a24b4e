"""Scoring reads the file. Statistics of a scaler or a list of columns change every prediction."""

from bot.core.change import Kind
from bot.core.finding import Impact
from bot.core.rules._rule import Rule, of_kind

RULE = Rule(
    id="data_changed",
    impact=Impact.BREAKING,
    requires_retrain=True,
    summary="A data file changed.",
    why=__doc__,
    remedy=(
        "Release a new major version and retrain, or keep the version that the models were "
        "trained with."
    ),
    matches=of_kind(Kind.DATA_CHANGED),
)

"""The circuit's model learns from other readings, so it is another model.

It says nothing of the environment: other circuits keep theirs.
"""

from bot.core.change import Kind
from bot.core.finding import Impact
from bot.core.rules._rule import Rule, of_kind

RULE = Rule(
    id="circuit_cutoff_date_changed",
    impact=Impact.NONE,
    requires_retrain=True,
    summary="The cutoff date of a circuit's training data changed.",
    why=__doc__,
    remedy="Train this circuit anew, and release its model with `deployment.model_version`.",
    matches=of_kind(Kind.CIRCUIT_CUTOFF_DATE_CHANGED),
)

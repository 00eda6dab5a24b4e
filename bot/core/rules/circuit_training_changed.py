"""envbot does not know what the setting does, and training reads it.

It says nothing of the environment: other circuits keep their models.
"""

from bot.core.change import Kind
from bot.core.finding import Impact
from bot.core.rules._rule import Rule, of_kind

RULE = Rule(
    id="circuit_training_changed",
    impact=Impact.NONE,
    requires_retrain=True,
    summary="Another setting of a circuit's training changed.",
    why=__doc__,
    remedy="Train this circuit anew, and release its model with `deployment.model_version`.",
    matches=of_kind(Kind.CIRCUIT_TRAINING_CHANGED),
)

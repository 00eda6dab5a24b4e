"""The circuit's model has another form, or learns in another way, so it is another model.

It says nothing of the environment: other circuits keep theirs.
"""

from bot.core.change import Kind
from bot.core.finding import Impact
from bot.core.rules._rule import Rule, of_kind

RULE = Rule(
    id="circuit_hyperparameters_changed",
    impact=Impact.NONE,
    requires_retrain=True,
    summary="A hyperparameter of a circuit changed.",
    why=__doc__,
    remedy="Train this circuit anew, and release its model with `deployment.model_version`.",
    matches=of_kind(Kind.CIRCUIT_HYPERPARAMETERS_CHANGED),
)

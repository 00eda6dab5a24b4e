"""A step's component is an asset with a version of its own.

A third number promises that it is called and read as before, below 1.0 as well: components count
from 0.0.1.
"""

from bot.core.change import Kind
from bot.core.finding import Impact
from bot.core.rules._rule import Rule, of_kind

RULE = Rule(
    id="schema_step_raised",
    impact=Impact.PATCH,
    requires_retrain=False,
    summary="The component of a pipeline's step was raised by a patch.",
    why=__doc__,
    remedy="Release it as a patch; the test of all models is the proof.",
    matches=of_kind(Kind.SCHEMA_STEP_RAISED),
)

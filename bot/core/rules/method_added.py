"""The class has no base that could look for the method, and no code had its name."""

from bot.core.change import Kind
from bot.core.finding import Impact
from bot.core.rules._rule import Rule, of_kind

RULE = Rule(
    id="method_added",
    impact=Impact.MINOR,
    requires_retrain=False,
    summary="A class was given a new method.",
    why=__doc__,
    remedy="Release it as a minor version; the test of all models is the proof.",
    matches=of_kind(Kind.METHOD_ADDED),
)

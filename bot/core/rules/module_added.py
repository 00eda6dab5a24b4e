"""Nothing that was there before imports a module of this name, and it hides none."""

from bot.core.change import Kind
from bot.core.finding import Impact
from bot.core.rules._rule import Rule, of_kind

RULE = Rule(
    id="module_added",
    impact=Impact.MINOR,
    requires_retrain=False,
    summary="A new Python file was added.",
    why=__doc__,
    remedy="Release it as a minor version; the test of all models is the proof.",
    matches=of_kind(Kind.MODULE_ADDED),
)

"""There was no environment before, so nothing in production can break."""

from bot.core.change import Kind
from bot.core.finding import Impact
from bot.core.rules._rule import Rule, of_kind

RULE = Rule(
    id="environment_introduced",
    impact=Impact.MINOR,
    requires_retrain=False,
    summary="The repository had no environment before.",
    why=__doc__,
    remedy="Give it a version and register it.",
    matches=of_kind(Kind.ENVIRONMENT_INTRODUCED),
)

"""A value that was accepted so far may be refused from now on."""

from bot.core.change import Kind
from bot.core.finding import Impact
from bot.core.rules._rule import Rule, of_kind

RULE = Rule(
    id="schema_input_narrowed",
    impact=Impact.BREAKING,
    requires_retrain=True,
    summary="Fewer values of an input are accepted.",
    why=__doc__,
    remedy="Accept what was accepted, or release a new major version and retrain.",
    matches=of_kind(Kind.SCHEMA_INPUT_NARROWED),
)

"""The file says the same."""

from bot.core.change import Kind
from bot.core.finding import Impact
from bot.core.rules._rule import Rule, of_kind

RULE = Rule(
    id="spec_reformatted",
    impact=Impact.NONE,
    requires_retrain=False,
    summary="Comments or the layout of environment.yml changed.",
    why=__doc__,
    remedy="Nothing.",
    matches=of_kind(Kind.SPEC_REFORMATTED),
)

"""The code is the same after comments, docstrings and layout are put aside."""

from bot.core.change import Kind
from bot.core.finding import Impact
from bot.core.rules._rule import Rule, of_kind

RULE = Rule(
    id="source_reformatted",
    impact=Impact.PATCH,
    requires_retrain=False,
    summary="Only comments, docstrings or the layout of Python code changed.",
    why=__doc__,
    remedy="Release it as a patch; the test of all models is the proof.",
    matches=of_kind(Kind.SOURCE_REFORMATTED),
)

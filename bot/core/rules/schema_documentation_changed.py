"""It describes what is accepted and decides nothing.

The version is another one, because its digest covers the text.
"""

from bot.core.change import Kind
from bot.core.finding import Impact
from bot.core.rules._rule import Rule, of_kind

RULE = Rule(
    id="schema_documentation_changed",
    impact=Impact.PATCH,
    requires_retrain=False,
    summary="A description, a title, an example or a version in a schema or component changed.",
    why=__doc__,
    remedy="Release it as a patch; the test of all models is the proof.",
    matches=of_kind(Kind.SCHEMA_DOCUMENTATION_CHANGED),
)

"""Data that is sent so far stays valid, and so does every call.

Senders are taken to send only what a schema names.
"""

from bot.core.change import Kind
from bot.core.finding import Impact
from bot.core.rules._rule import Rule, of_kind

RULE = Rule(
    id="schema_input_property_added",
    impact=Impact.MINOR,
    requires_retrain=False,
    summary="A property or input that may be left out was added.",
    why=__doc__,
    remedy="Release it as a minor version; the test of all models is the proof.",
    matches=of_kind(Kind.SCHEMA_INPUT_PROPERTY_ADDED),
)

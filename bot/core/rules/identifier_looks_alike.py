"""Whoever reviews the code reads another name than the one that Python uses.

The names may mix scripts, use letters that Python turns into others, or look like one in ASCII
(CVE-2021-42694).
"""

from bot.core.change import Kind
from bot.core.finding import Impact
from bot.core.rules._rule import Rule, of_kind

RULE = Rule(
    id="identifier_looks_alike",
    impact=Impact.BREAKING,
    requires_retrain=True,
    summary="An identifier looks like another one.",
    why=__doc__,
    remedy="Write the identifier with ordinary letters of one script.",
    matches=of_kind(Kind.IDENTIFIER_LOOKS_ALIKE),
    blocks=True,
)

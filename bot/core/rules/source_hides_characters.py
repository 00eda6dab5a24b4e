"""Whoever reviews the code sees other code than the one that runs.

The characters change the direction of text, have no width, or end a line only for some programs
(CVE-2021-42574).
"""

from bot.core.change import Kind
from bot.core.finding import Impact
from bot.core.rules._rule import Rule, of_kind

RULE = Rule(
    id="source_hides_characters",
    impact=Impact.BREAKING,
    requires_retrain=True,
    summary="Python code holds characters that an editor hides, or that change what it shows.",
    why=__doc__,
    remedy="Take the characters out; in a text, write them as escapes such as `\\u200b`.",
    matches=of_kind(Kind.SOURCE_HIDES_CHARACTERS),
    blocks=True,
)

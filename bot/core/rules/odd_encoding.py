"""Read in another encoding, the text may be other code than the one reviewed."""

from bot.core.change import Kind
from bot.core.finding import Impact
from bot.core.rules._rule import Rule, of_kind

RULE = Rule(
    id="odd_encoding",
    impact=Impact.BREAKING,
    requires_retrain=True,
    summary="A Python file declares another encoding than UTF-8.",
    why=__doc__,
    remedy="Write the file in UTF-8 and take the declaration out.",
    matches=of_kind(Kind.ODD_ENCODING),
)

"""What cannot be read as what it claims to be may mean anything."""

from bot.core.change import Kind
from bot.core.finding import Impact
from bot.core.rules._rule import Rule, of_kind

RULE = Rule(
    id="could_not_analyse",
    impact=Impact.BREAKING,
    requires_retrain=True,
    summary="A file could not be analysed.",
    why=__doc__,
    remedy="Mend the file, or release a new major version and retrain.",
    matches=of_kind(Kind.UNREADABLE),
)

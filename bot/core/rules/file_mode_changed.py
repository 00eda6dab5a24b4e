"""What can be executed, or is a link, is another file though its content is the same."""

from bot.core.change import Kind
from bot.core.finding import Impact
from bot.core.rules._rule import Rule, of_kind

RULE = Rule(
    id="file_mode_changed",
    impact=Impact.BREAKING,
    requires_retrain=False,
    summary="The mode of a file changed.",
    why=__doc__,
    remedy="Release a new major version, or keep what was there.",
    matches=of_kind(Kind.MODE_CHANGED),
)

"""It decides what starts in the container, and what is around the scoring process."""

from bot.core.change import Kind
from bot.core.finding import Impact
from bot.core.rules._rule import Rule, of_kind

RULE = Rule(
    id="dockerfile_entry_point_changed",
    impact=Impact.BREAKING,
    requires_retrain=False,
    summary="ENTRYPOINT or CMD of the Dockerfile changed.",
    why=__doc__,
    remedy="Release a new major version, or keep what was there.",
    matches=of_kind(Kind.ENTRY_POINT_CHANGED),
)

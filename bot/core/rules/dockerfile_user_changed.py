"""Another user may read and write other files; Azure ML mounts the model and the data for it."""

from bot.core.change import Kind
from bot.core.finding import Impact
from bot.core.rules._rule import Rule, of_kind

RULE = Rule(
    id="dockerfile_user_changed",
    impact=Impact.BREAKING,
    requires_retrain=False,
    summary="The user that the image runs as changed.",
    why=__doc__,
    remedy="Release a new major version, or keep what was there.",
    matches=of_kind(Kind.USER_CHANGED),
)

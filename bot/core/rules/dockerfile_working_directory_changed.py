"""Relative paths below it, and those of the scoring code, mean other files."""

from bot.core.change import Kind
from bot.core.finding import Impact
from bot.core.rules._rule import Rule, of_kind

RULE = Rule(
    id="dockerfile_working_directory_changed",
    impact=Impact.BREAKING,
    requires_retrain=False,
    summary="A WORKDIR of the Dockerfile was added, removed or changed.",
    why=__doc__,
    remedy="Release a new major version, or keep what was there.",
    matches=of_kind(Kind.WORKING_DIRECTORY_CHANGED),
)

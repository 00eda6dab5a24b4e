"""The same packages are installed.

Only their caches and their chatter differ, as with `--no-cache-dir` or `apt-get clean`.
"""

from bot.core.change import Kind
from bot.core.finding import Impact
from bot.core.rules._rule import Rule, of_kind

RULE = Rule(
    id="install_housekeeping_changed",
    impact=Impact.PATCH,
    requires_retrain=False,
    summary="What installers print or keep changed: caches, package lists, questions.",
    why=__doc__,
    remedy="Release it as a patch; the test of all models is the proof.",
    matches=of_kind(Kind.INSTALL_HOUSEKEEPING_CHANGED),
)

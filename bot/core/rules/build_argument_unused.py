"""No instruction and no file of the build mentions the argument."""

from bot.core.change import Kind
from bot.core.finding import Impact
from bot.core.rules._rule import Rule, of_kind

RULE = Rule(
    id="build_argument_unused",
    impact=Impact.PATCH,
    requires_retrain=False,
    summary="A build argument that nothing mentions was added, removed or changed.",
    why=__doc__,
    remedy="Release it as a patch; the test of all models is the proof.",
    matches=of_kind(Kind.BUILD_ARGUMENT_UNUSED),
)

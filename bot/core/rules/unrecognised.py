"""Only what is known to be safe passes as safe."""

from bot.core.change import Change
from bot.core.finding import Impact
from bot.core.package_groups import Packages
from bot.core.rules._rule import Rule


def _matches(_change: Change, _packages: Packages) -> bool:
    return False  # it decides where every other rule is silent


RULE = Rule(
    id="unrecognised",
    impact=Impact.BREAKING,
    requires_retrain=True,
    summary="No rule recognises the change.",
    why=__doc__,
    remedy=(
        "Release a new major version and retrain, or make the change in a form that a rule knows."
    ),
    matches=_matches,
)

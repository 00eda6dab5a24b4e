"""Azure ML passes no build arguments, so the default is what every build uses.

Where an argument only names an image or a package, that is compared with its value filled in.
"""

from bot.core.change import Kind
from bot.core.finding import Impact
from bot.core.rules._rule import Rule, of_kind

RULE = Rule(
    id="build_argument_changed",
    impact=Impact.BREAKING,
    requires_retrain=True,
    summary="A build argument changed that a command or another file reads.",
    why=__doc__,
    remedy=(
        "Release a new major version and retrain, or keep the version that the models were "
        "trained with."
    ),
    matches=of_kind(Kind.BUILD_ARGUMENT_CHANGED),
)

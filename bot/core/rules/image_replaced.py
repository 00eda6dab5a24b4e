"""Another base image is another operating system, CUDA or MPI under every model.

Numeric libraries compute by what they find there.
"""

from bot.core.change import Kind
from bot.core.finding import Impact
from bot.core.rules._rule import Rule, of_kind

RULE = Rule(
    id="image_replaced",
    impact=Impact.BREAKING,
    requires_retrain=True,
    summary="The base image was replaced by another one.",
    why=__doc__,
    remedy=(
        "Release a new major version and retrain, or keep the version that the models were "
        "trained with."
    ),
    matches=of_kind(Kind.IMAGE_CHANGED),
)

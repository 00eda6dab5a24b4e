"""A built image and one that is taken as it is have little in common."""

from bot.core.change import Kind
from bot.core.finding import Impact
from bot.core.rules._rule import Rule, of_kind

RULE = Rule(
    id="image_source_switched",
    impact=Impact.BREAKING,
    requires_retrain=True,
    summary="The environment switched between building an image and taking one.",
    why=__doc__,
    remedy=(
        "Release a new major version and retrain, or keep the version that the models were "
        "trained with."
    ),
    matches=of_kind(Kind.IMAGE_SOURCE_SWITCHED),
)

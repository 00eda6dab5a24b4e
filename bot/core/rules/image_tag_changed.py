"""Another tag is another build of the operating system and its libraries.

A tag does not say what changed.
"""

from bot.core.change import Kind
from bot.core.finding import Impact
from bot.core.rules._rule import Rule, of_kind

RULE = Rule(
    id="image_tag_changed",
    impact=Impact.BREAKING,
    requires_retrain=True,
    summary="The base image was taken at another tag.",
    why=__doc__,
    remedy=(
        "Release a new major version and retrain, or keep the version that the models were "
        "trained with."
    ),
    matches=of_kind(Kind.IMAGE_TAG_CHANGED),
)

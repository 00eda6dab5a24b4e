"""A tag of one registry promises nothing about the same tag of another."""

from bot.core.change import Kind
from bot.core.finding import Impact
from bot.core.rules._rule import Rule, of_kind

RULE = Rule(
    id="image_registry_changed",
    impact=Impact.BREAKING,
    requires_retrain=True,
    summary="The base image was taken from another registry.",
    why=__doc__,
    remedy=(
        "Add the digest of the image in use to both references, or release a new major version and "
        "retrain."
    ),
    matches=of_kind(Kind.IMAGE_REGISTRY_CHANGED),
)

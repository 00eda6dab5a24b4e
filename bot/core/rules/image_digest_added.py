"""The digest only holds the image where the tag promised to stay.

The tag is the same, and not a floating one. The candidate's build records what it resolved.
"""

from bot.core.change import Kind
from bot.core.finding import Impact
from bot.core.rules._rule import Rule, of_kind

RULE = Rule(
    id="image_digest_added",
    impact=Impact.PATCH,
    requires_retrain=False,
    summary="The digest was added to the same tag of the base image.",
    why=__doc__,
    remedy=(
        "Check that the digest is the one recorded for the version in production, then release it"
        " as a patch."
    ),
    matches=of_kind(Kind.IMAGE_DIGEST_ADDED),
)

"""Without the digest the tag decides what is built, and may be built anew by its publisher."""

from bot.core.change import Kind
from bot.core.finding import Impact
from bot.core.rules._rule import Rule, of_kind

RULE = Rule(
    id="image_digest_removed",
    impact=Impact.BREAKING,
    requires_retrain=True,
    summary="The digest of the base image was removed.",
    why=__doc__,
    remedy="Keep the digest, or release a new major version and retrain.",
    matches=of_kind(Kind.IMAGE_DIGEST_REMOVED),
)

"""Whoever builds the image next month gets another one, under the same version.

This is a warning about the environment as it stands; the verdict does not depend on it.
"""

from bot.core.change import Kind
from bot.core.finding import Impact
from bot.core.rules._rule import Rule, of_kind

RULE = Rule(
    id="image_untagged",
    impact=Impact.NONE,
    requires_retrain=False,
    summary="The base image has no tag, or one that moves by design.",
    why=__doc__,
    remedy="Name a dated tag or a digest of the image that is in use.",
    matches=of_kind(Kind.IMAGE_UNTAGGED),
    warns=True,
)

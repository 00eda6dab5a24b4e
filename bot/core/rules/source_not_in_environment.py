"""A conda environment registers an image and a conda file, and nothing else.

Changed source would be tested and released without ever shipping (D15). The verdict does not depend
on it.
"""

from bot.core.change import Kind
from bot.core.finding import Impact
from bot.core.rules._rule import Rule, of_kind

RULE = Rule(
    id="source_not_in_environment",
    impact=Impact.NONE,
    requires_retrain=False,
    summary="This change will not be deployed: the source is not in the image.",
    why=__doc__,
    remedy="Build the image from a Dockerfile whose context holds `src/` and that copies it.",
    matches=of_kind(Kind.SOURCE_NOT_SHIPPED),
    blocks=True,
)

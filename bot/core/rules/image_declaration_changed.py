"""Azure ML opens its own ports and makes its own probes; nothing inside the image reads these."""

from bot.core.change import Kind
from bot.core.finding import Impact
from bot.core.rules._rule import Rule, of_kind

RULE = Rule(
    id="image_declaration_changed",
    impact=Impact.PATCH,
    requires_retrain=False,
    summary="EXPOSE or HEALTHCHECK of the Dockerfile changed.",
    why=__doc__,
    remedy="Release it as a patch; the test of all models is the proof.",
    matches=of_kind(Kind.IMAGE_DECLARATION_CHANGED),
)

"""Labels are text beside an image; nothing in it reads them."""

from bot.core.change import Kind
from bot.core.finding import Impact
from bot.core.rules._rule import Rule, of_kind

RULE = Rule(
    id="image_label_changed",
    impact=Impact.PATCH,
    requires_retrain=False,
    summary="A label of the image changed.",
    why=__doc__,
    remedy="Release it as a patch; the test of all models is the proof.",
    matches=of_kind(Kind.IMAGE_LABEL_CHANGED),
)

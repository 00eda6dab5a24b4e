"""Nothing refers to the conda environment by its name. The change is text in the image."""

from bot.core.change import Kind
from bot.core.finding import Impact
from bot.core.rules._rule import Rule, of_kind

RULE = Rule(
    id="conda_name_changed",
    impact=Impact.PATCH,
    requires_retrain=False,
    summary="The conda environment was named differently, and no Dockerfile uses the name.",
    why=__doc__,
    remedy="Release it as a patch; the test of all models is the proof.",
    matches=of_kind(Kind.CONDA_NAME_CHANGED),
)

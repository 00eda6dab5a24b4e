"""Variables, a prefix or a name that the Dockerfile uses change what runs."""

from bot.core.change import Kind
from bot.core.finding import Impact
from bot.core.rules._rule import Rule, of_kind

RULE = Rule(
    id="conda_setting_changed",
    impact=Impact.BREAKING,
    requires_retrain=True,
    summary="A setting of the conda file other than its packages and channels changed.",
    why=__doc__,
    remedy=(
        "Release a new major version and retrain, or keep the version that the models were "
        "trained with."
    ),
    matches=of_kind(Kind.CONDA_SETTING_CHANGED),
)

"""The setting is part of what Azure ML builds or runs. What it does is not analysed."""

from bot.core.change import Kind
from bot.core.finding import Impact
from bot.core.rules._rule import Rule, of_kind

RULE = Rule(
    id="environment_setting_changed",
    impact=Impact.BREAKING,
    requires_retrain=True,
    summary="A setting of environment.yml that is part of the content changed.",
    why=__doc__,
    remedy=(
        "Release a new major version and retrain, or keep the version that the models were "
        "trained with."
    ),
    matches=of_kind(Kind.SETTING_CHANGED),
)

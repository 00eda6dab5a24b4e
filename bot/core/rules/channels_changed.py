"""Channels hold different builds of one version, and their order decides which is taken."""

from bot.core.change import Kind
from bot.core.finding import Impact
from bot.core.rules._rule import Rule, of_kind

RULE = Rule(
    id="channels_changed",
    impact=Impact.BREAKING,
    requires_retrain=True,
    summary="The conda channels or their order changed.",
    why=__doc__,
    remedy=(
        "Release a new major version and retrain, or keep the version that the models were "
        "trained with."
    ),
    matches=of_kind(Kind.CHANNELS_CHANGED),
)

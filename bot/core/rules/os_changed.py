"""The C library, OpenMP and the linear algebra of the system change under every model."""

from bot.core.change import Kind
from bot.core.finding import Impact
from bot.core.rules._rule import Rule, of_kind

RULE = Rule(
    id="os_changed",
    impact=Impact.BREAKING,
    requires_retrain=True,
    summary="The base image was put on another operating system or release of it.",
    why=__doc__,
    remedy=(
        "Release a new major version and retrain, or keep the version that the models were "
        "trained with."
    ),
    matches=of_kind(Kind.OS_CHANGED),
)

"""Variables decide what is imported, which libraries are loaded and how numbers are computed."""

from bot.core.change import Kind
from bot.core.finding import Impact
from bot.core.rules._rule import Rule, of_kind

RULE = Rule(
    id="dockerfile_environment_variable_changed",
    impact=Impact.BREAKING,
    requires_retrain=True,
    summary="An ENV of the Dockerfile was added, removed or changed.",
    why=__doc__,
    remedy=(
        "Release a new major version and retrain, or keep the version that the models were "
        "trained with."
    ),
    matches=of_kind(Kind.ENVIRONMENT_VARIABLE_CHANGED),
)

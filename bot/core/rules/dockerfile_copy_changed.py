"""Another file, or another place for it: code may find something else, or nothing."""

from bot.core.change import Kind
from bot.core.finding import Impact
from bot.core.rules._rule import Rule, of_kind

RULE = Rule(
    id="dockerfile_copy_changed",
    impact=Impact.BREAKING,
    requires_retrain=True,
    summary="A COPY or ADD of the Dockerfile was added, removed or changed.",
    why=__doc__,
    remedy=(
        "Release a new major version and retrain, or keep the version that the models were "
        "trained with."
    ),
    matches=of_kind(Kind.COPY_CHANGED),
)

"""Code, a COPY and `conda_file` find files by their path."""

from bot.core.change import Kind
from bot.core.finding import Impact
from bot.core.rules._rule import Rule, of_kind

RULE = Rule(
    id="file_moved",
    impact=Impact.BREAKING,
    requires_retrain=True,
    summary="A file was moved; its content is the same.",
    why=__doc__,
    remedy=(
        "Release a new major version and retrain, or keep the version that the models were "
        "trained with."
    ),
    matches=of_kind(Kind.FILE_MOVED),
)

"""An index, a constraint or another requirements file decides what the names below it mean."""

from bot.core.change import Kind
from bot.core.finding import Impact
from bot.core.rules._rule import Rule, of_kind

RULE = Rule(
    id="pip_option_changed",
    impact=Impact.BREAKING,
    requires_retrain=True,
    summary="Options of pip changed: an index, a constraint, an included file.",
    why=__doc__,
    remedy=(
        "Release a new major version and retrain, or keep the version that the models were "
        "trained with."
    ),
    matches=of_kind(Kind.PIP_OPTION_CHANGED),
)

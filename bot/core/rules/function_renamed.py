"""The deployment's driver, a notebook or a trained pipeline may call it by the name it had."""

from bot.core.change import Kind
from bot.core.finding import Impact
from bot.core.rules._rule import Rule, of_kind

RULE = Rule(
    id="function_renamed",
    impact=Impact.BREAKING,
    requires_retrain=True,
    summary="A function got another name.",
    why=__doc__,
    remedy="Keep the old name beside the new one, or release a new major version and retrain.",
    matches=of_kind(Kind.FUNCTION_RENAMED),
)

"""Both are imported under one name, and they are built differently.

Both at once overwrite each other, and packages that depend on the old name bring it back.
"""

from bot.core.change import Kind
from bot.core.finding import Impact
from bot.core.rules._rule import Rule, of_kind

RULE = Rule(
    id="package_renamed",
    impact=Impact.BREAKING,
    requires_retrain=True,
    summary="A package was replaced by another distribution of the same code.",
    why=__doc__,
    remedy=(
        "Release a new major version and retrain, or keep the version that the models were "
        "trained with."
    ),
    matches=of_kind(Kind.PACKAGE_RENAMED),
)

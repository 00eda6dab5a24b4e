"""Circuits, deployments and the registry know the environment by its name.

Under another name it is another one, without versions.
"""

from bot.core.change import Kind
from bot.core.finding import Impact
from bot.core.rules._rule import Rule, of_kind

RULE = Rule(
    id="environment_renamed",
    impact=Impact.BREAKING,
    requires_retrain=False,
    summary="The environment was renamed.",
    why=__doc__,
    remedy="Keep the name; a new environment needs a migration of every circuit.",
    matches=of_kind(Kind.ENVIRONMENT_RENAMED),
)

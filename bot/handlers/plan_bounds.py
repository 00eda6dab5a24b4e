"""The bounds of a plan: the rules of main, and what git says of deployments without a config."""

from collections.abc import Collection
from dataclasses import replace

from bot.core.config.layout import PLANTS
from bot.core.production.deployment import DesiredDeployment, LiveDeployment, deployment_key
from bot.core.production.plan_limits import Limits, broken_limits, limits_of
from bot.core.production.retired import retired
from bot.handlers.context import Rules
from bot.handlers.ports import Repository

_TOO_MANY_GONE = "TOO_MANY_CIRCUITS_GONE"


def bounds_of_plan(
    repository: Repository,
    rules: Rules,
    desired: Collection[DesiredDeployment],
    live: Collection[LiveDeployment],
) -> Limits:
    """Return the bounds of a plan for main; the history is read only where too many seem gone."""
    desired, limits = tuple(desired), limits_of(rules.platform, rules.policy)
    if all(one.code != _TOO_MANY_GONE for one in broken_limits(desired, live, limits)):
        return limits
    changes = repository.file_changes(rules.main, [PLANTS])
    given_up = retired(changes, len(desired), limits.circuits_gone_percent)
    names = rules.platform
    keys = {
        deployment_key(names.endpoint_name(one), names.deployment_name(one)) for one in given_up
    }
    return replace(limits, retired=frozenset(keys))

"""Reads what main has asked of the circuits that differ, to tell drift from updates to come.

The newest changes of a circuit settle nearly all, and the rest of its history is read for the
others alone: thousands of circuits cost three processes of git.
"""

from collections.abc import Collection, Mapping
from dataclasses import replace

from bot.core.config.circuit import CircuitId
from bot.core.production.deployment import DesiredDeployment, LiveDeployment
from bot.core.production.drift import why_drifted
from bot.core.production.plan import ActionKind, Known, Plan, make_plan
from bot.handlers.context import Rules
from bot.handlers.past_asked import FIRST_LOOK, read_past
from bot.handlers.plan_bounds import bounds_of_plan
from bot.handlers.ports import Repository

# How many changes of one circuit count.
_LOOK_BACK = 100


def plan_with_drift(
    repository: Repository,
    rules: Rules,
    desired: Collection[DesiredDeployment],
    live: Collection[LiveDeployment],
    known: Known,
) -> Plan:
    """Return the plan that tells drift from updates to come; who approved those is not asked."""
    limits = bounds_of_plan(repository, rules, desired, live)
    first = make_plan(desired, live, known=known, limits=limits)
    drifted = find_drift(repository, rules.main, first)
    if not drifted:
        return first
    return make_plan(desired, live, known=replace(known, drifted=drifted), limits=limits)


def find_drift(repository: Repository, main: str, plan: Plan) -> dict[CircuitId, str]:
    """Return why circuits of `plan` drifted, those that did; `plan` is made without knowing."""
    kinds = (ActionKind.UPDATE, ActionKind.REFUSED, ActionKind.UNAPPROVED)
    differing = {
        action.circuit: action.live
        for action in plan.of_kind(*kinds)
        if action.circuit is not None and action.live is not None
    }
    return drift_of(repository, main, differing) if differing else {}


def drift_of(
    repository: Repository, main: str, live: Mapping[CircuitId, LiveDeployment]
) -> dict[CircuitId, str]:
    """Return which of these deployments were changed outside of git, and why that is clear."""
    drifted: dict[CircuitId, str] = {}
    left = list(live)
    for most in (FIRST_LOOK, _LOOK_BACK):
        found = {
            one: why_drifted(
                live[one], past.asked(one), whole=most == _LOOK_BACK or past.is_whole(one)
            )
            for past in read_past(repository, main, left, most)
            for one in past.circuits
        }
        drifted |= {one: why for one, why in found.items() if why}
        left = [one for one, why in found.items() if why is None]
    return drifted

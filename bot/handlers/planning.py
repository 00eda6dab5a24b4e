"""Fetches what main asks for and what production runs, and makes the plan of it."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace

from bot.core.config.circuit import CircuitId, read_fleet
from bot.core.config.selector import choose, parse
from bot.core.production.action import WRITTEN
from bot.core.production.deployment import DesiredDeployment
from bot.core.production.desired import desired_deployments
from bot.core.production.parts import written_parts
from bot.core.production.plan import ActionKind, Plan, make_plan
from bot.errors import InvalidFileError
from bot.handlers.authority import Explained, Wanted, explain
from bot.handlers.context import Context
from bot.handlers.drifted import find_drift
from bot.handlers.environment_checks import unusable_versions
from bot.handlers.last_changes import desired_at
from bot.handlers.plan_bounds import bounds_of_plan
from bot.handlers.plan_facts import facts_of_models, known_of_places
from bot.handlers.ports import Cloud

STAGE = "production"
_BUSY_POLLS = 10


@dataclass(frozen=True, slots=True)
class Prepared:
    """A plan together with who explains its updates."""

    plan: Plan
    explained: Mapping[CircuitId, Explained]


def prepare(context: Context, cloud: Cloud) -> Prepared:
    """Return the plan that makes production equal to main, each update with its authority.

    Raises:
        InvalidFileError: a config on main cannot be used; nothing may be written then.
    """
    desired = read_desired(context)
    live = cloud.deployments(STAGE)
    limits = bounds_of_plan(context.repository, context.rules, desired, live)
    known = known_of_places(context, cloud, desired, live)
    first = make_plan(desired, live, known=known, limits=limits)
    drifted = find_drift(context.repository, context.rules.main, first)
    enforces_drift = context.rules.policy.drift == "enforce"
    unwritten = _missing(first).union(() if enforces_drift else drifted)
    left = _of_no_concern(context, unwritten)
    explained = explain(context, cloud, _wanted(first, desired, left))
    models = facts_of_models(cloud, STAGE, first, context.rules.policy.apply.workers)
    known = replace(
        known,
        model_environments=models.environments,
        absent_models=models.absent,
        unusable=unusable_versions(context, cloud, first),
        unapproved={circuit: one.why for circuit, one in explained.items() if one.why},
        drifted=drifted,
        enforces_drift=enforces_drift,
    )
    return Prepared(make_plan(desired, live, known=known, limits=limits), explained)


def _missing(plan: Plan) -> frozenset[CircuitId]:
    return frozenset(one.circuit for one in plan.of_kind(ActionKind.MISSING) if one.circuit)


def _of_no_concern(context: Context, unwritten: frozenset[CircuitId]) -> frozenset[CircuitId]:
    """Return those that main's head does not concern: its pull request need not be told of them."""
    if not unwritten:
        return unwritten
    repository, main = context.repository, context.rules.main
    before = desired_at(repository, next(iter(repository.parents(main)), ""))
    after = desired_at(repository, main)
    return frozenset(one for one in unwritten if before.get(one) == after.get(one))


def _wanted(
    plan: Plan, desired: Iterable[DesiredDeployment], left: Collection[CircuitId]
) -> list[Wanted]:
    """Return what asks for authority: all that main asks for, but what is `left` alone."""
    asking = {
        action.circuit: action
        for action in plan.of_kind(*WRITTEN, ActionKind.REFUSED, ActionKind.MISSING)
        if action.circuit not in left
    }
    return [
        Wanted(one, action.model_id, written_parts(one, action.live), is_new=action.live is None)
        for one in desired
        if (action := asking.get(one.circuit))
    ]


def prepare_settled(context: Context, cloud: Cloud) -> Prepared:
    """Prepare; and anew while deployments are busy: what a killed apply began goes on in Azure.

    Raises:
        InvalidFileError: a config on main cannot be used; nothing may be written then.
    """
    prepared = prepare(context, cloud)
    for _ in range(_BUSY_POLLS):
        if not prepared.plan.busy:
            break
        context.clock.sleep(context.patience.poll)
        prepared = prepare(context, cloud)
    return prepared


def select(context: Context, plan: Plan, circuits: str | None) -> Plan:
    """Return the part of `plan` that a selector such as `plant:P001` chooses; all without one.

    Raises:
        UserError: `SELECTOR_INVALID`, or `SELECTOR_EMPTY` when a part of it means no circuit.
    """
    if circuits is None:
        return plan
    fleet = read_fleet(context.repository.read(context.rules.main, "config"))
    return plan.only({one.id for one in choose(fleet.circuits.values(), parse(circuits))})


def read_desired(context: Context) -> tuple[DesiredDeployment, ...]:
    """Return what main's configs ask of production.

    Raises:
        InvalidFileError: at least one config cannot be used.
    """
    fleet = read_fleet(context.repository.read(context.rules.main, "config"))
    if fleet.problems:
        raise InvalidFileError(fleet.problems)
    return desired_deployments(fleet.circuits.values(), context.rules.platform)

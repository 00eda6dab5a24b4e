"""Fetches what main asks for and what production runs, and makes the plan of it."""

from collections.abc import Mapping
from dataclasses import dataclass

from bot.core.asset_id import AssetId, parse_asset_id
from bot.core.config.circuit import CircuitId, read_fleet
from bot.core.config.selector import parse
from bot.core.production.deployment import DesiredDeployment
from bot.core.production.desired import desired_deployments
from bot.core.production.plan import ActionKind, Known, Limits, Plan, make_plan
from bot.errors import InvalidFileError
from bot.handlers.authority import Explained, Wanted, explain
from bot.handlers.context import Context
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
    limits = Limits(context.rules.policy.apply.circuits_gone_percent)
    available = _available(context, cloud, desired)
    first = make_plan(desired, live, known=Known(available), limits=limits)
    models = {
        action.circuit: action.model_id
        for action in first.of_kind(ActionKind.UPDATE, ActionKind.REFUSED)
    }
    wanted = [Wanted(one, models[one.circuit]) for one in desired if one.circuit in models]
    explained = explain(context, cloud, wanted)
    known = Known(
        available,
        model_environments=_model_environments(cloud, first),
        unapproved={circuit: one.why for circuit, one in explained.items() if one.why},
    )
    return Prepared(make_plan(desired, live, known=known, limits=limits), explained)


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
    """Return the part of `plan` that a selector such as `plant:P001` chooses; all without one."""
    if circuits is None:
        return plan
    selector = parse(circuits)
    fleet = read_fleet(context.repository.read(context.rules.main, "config"))
    return plan.only({one.id for one in fleet.circuits.values() if selector.matches(one)})


def read_desired(context: Context) -> tuple[DesiredDeployment, ...]:
    """Return what main's configs ask of production.

    Raises:
        InvalidFileError: at least one config cannot be used.
    """
    fleet = read_fleet(context.repository.read(context.rules.main, "config"))
    if fleet.problems:
        raise InvalidFileError(fleet.problems)
    return desired_deployments(fleet.circuits.values(), context.rules.platform)


def _model_environments(cloud: Cloud, plan: Plan) -> dict[AssetId, str]:
    """Return what the models are tagged with whose MAJOR the live environment does not settle."""
    found: dict[AssetId, str] = {}
    for action in plan.actions:
        model = parse_asset_id(action.model_id or "")
        if action.code != "MODEL_MAJOR_MISMATCH" or model is None or action.model_id is None:
            continue
        tags = cloud.model_tags(STAGE, action.model_id) or {}
        if "environment_version" in tags:
            found[model] = tags["environment_version"]
    return found


def _available(
    context: Context, cloud: Cloud, desired: tuple[DesiredDeployment, ...]
) -> frozenset[AssetId]:
    """Return those of the desired environment versions that production's registry has."""
    found, platform = set(), context.rules.platform
    for version in sorted({(one.environment, one.version) for one in desired}):
        if cloud.environment(platform.release_place, *version) is not None:
            text = platform.environment_id(STAGE, *version)
            if parsed := parse_asset_id(text):
                found.add(parsed)
    return frozenset(found)

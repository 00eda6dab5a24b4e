"""Makes production what main asks for: authority, plan, journal, writes, report."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Protocol

from bot.core.asset_id import AssetId, parse_asset_id
from bot.core.config.circuit import CircuitId, read_fleet
from bot.core.config.selector import parse
from bot.core.production.apply_report import ApplyReport, Outcome, OutcomeKind
from bot.core.production.deployment import DesiredDeployment
from bot.core.production.desired import desired_deployments
from bot.core.production.journal import Journal
from bot.core.production.plan import Action, ActionKind, Known, Limits, Plan, make_plan
from bot.core.refusal import Refusal
from bot.core.render.plan import plan_text
from bot.errors import BotError, InvalidFileError, UserError
from bot.handlers.authority import Explained, Wanted, explain
from bot.handlers.context import Context
from bot.handlers.journal import keep_journal, read_journal
from bot.handlers.lease import EndUntoldError
from bot.handlers.ports import Cloud, Reporter
from bot.handlers.production_environments import recreate_for_production
from bot.handlers.stage_lease import hold, left_in
from bot.handlers.writes import FailureBudget, write_all

STAGE = "production"
_BUSY_POLLS = 10


class Audience(Protocol):
    """Whom an apply tells how far it is, and how it ended."""

    def begin(self, pulls: tuple[int, ...]) -> Reporter:
        """Tell these pull requests that it begins; return where to report its progress to."""

    def end(self, report: ApplyReport) -> None:
        """Tell how it ended."""


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


def apply(
    context: Context, cloud: Cloud, audience: Audience, *, approved: str | None = None
) -> ApplyReport:
    """Apply main to production and return what happened; an equal production is left alone.

    Args:
        context: the run.
        cloud: with an identity that may write to production.
        audience: told before the lease is given back, so that a run that dies before it has told
            the end leaves the lease behind, and the next one tells it.
        approved: the fingerprint a person looked at; None in the run that a merge started,
            where the merge itself is the approval.

    Raises:
        UserError: the plan is not the one approved (`PLAN_STALE`), or another run is writing.
    """
    prepared = _prepare_settled(context, cloud)
    plan = prepared.plan
    if approved is not None and not plan.fingerprint.startswith(approved):
        raise UserError(_stale(approved, plan))
    explaining = _explaining(prepared, plan.updates)
    context.reporter.step(plan_text(plan).rstrip("\n"))
    unapproved = _explaining(prepared, plan.of_kind(ActionKind.UNAPPROVED))
    report = ApplyReport(
        main=context.rules.main,
        plan=plan,
        outcomes=(),
        pulls=_pulls([*explaining, *unapproved]),
        rolled_back={one.circuit: one.rollback for one in explaining if one.rollback},
    )
    left = left_in(context, STAGE)
    if not plan.updates and left is None:
        audience.end(report)
        return report
    told = tuple(sorted({*_pulls(explaining), *(left.pulls if left else ())}))
    reporter = audience.begin(told) if plan.updates else context.reporter
    with hold(context, STAGE, told):
        outcomes, journal = _write(context, cloud, prepared, reporter)
        pulls = tuple(sorted({*report.pulls, *told}))
        report = replace(report, outcomes=outcomes, journal=journal, pulls=pulls)
        _end(audience, report)
    return report


def _end(audience: Audience, report: ApplyReport) -> None:
    try:
        audience.end(report)
    except BotError as error:
        told = "telling the pull requests, which the next run does"
        raise EndUntoldError(error.what, done="the writes", undone=told) from error


def _prepare_settled(context: Context, cloud: Cloud) -> Prepared:
    """Prepare; and anew while deployments are busy: what a killed apply began goes on in Azure."""
    prepared = prepare(context, cloud)
    for _ in range(_BUSY_POLLS):
        if not prepared.plan.busy:
            break
        context.clock.sleep(context.patience.poll)
        prepared = prepare(context, cloud)
    return prepared


def _explaining(prepared: Prepared, actions: Iterable[Action]) -> list[Explained]:
    return [prepared.explained[a.circuit] for a in actions if a.circuit is not None]


def _pulls(explaining: Iterable[Explained]) -> tuple[int, ...]:
    return tuple(sorted({one.pull for one in explaining if one.pull}))


def _write(
    context: Context, cloud: Cloud, prepared: Prepared, reporter: Reporter
) -> tuple[tuple[Outcome, ...], Journal | None]:
    updates = prepared.plan.updates
    if not updates:
        return (), read_journal(context)
    policy = context.rules.policy.apply
    journal = keep_journal(context, prepared.plan)
    unusable = recreate_for_production(context, cloud, updates)
    written = write_all(
        cloud,
        tuple(action for action in updates if action.environment_id not in unusable),
        _tags(context, prepared.explained),
        workers=policy.workers,
        budget=FailureBudget(policy.failure_budget),
        reporter=reporter,
    )
    return _in_order(updates, written, unusable), journal


def _in_order(
    updates: Iterable[Action], written: Iterable[Outcome], unusable: Mapping[str, str]
) -> tuple[Outcome, ...]:
    """Return one outcome for each update: what was written, and what had no environment."""
    outcomes = iter(written)
    whys = [unusable.get(action.environment_id or "") for action in updates]
    return tuple(
        Outcome(action, OutcomeKind.FAILED, why) if why else next(outcomes)
        for action, why in zip(updates, whys, strict=True)
    )


def _tags(
    context: Context, explained: Mapping[CircuitId, Explained]
) -> Callable[[Action], Mapping[str, str]]:
    """Return what says our tags: none for a release; who, when and why for a rollback."""
    at = context.clock.now().strftime("%Y-%m-%dT%H:%M:%SZ")

    def tags(action: Action) -> Mapping[str, str]:
        one = explained.get(action.circuit) if action.circuit else None
        if one is None or not one.rollback:
            return {}
        return {"rolled_back_at": at, "rolled_back_by": one.by, "rollback_reason": one.rollback}

    return tags


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


def _stale(approved: str, plan: Plan) -> Refusal:
    return Refusal(
        code="PLAN_STALE",
        headline="the plan you looked at is no longer current",
        facts=(f"You gave {approved}; the plan now is {plan.fingerprint[:12]}.",),
        resolver="you, by looking again",
        next="envbot plan",
    )

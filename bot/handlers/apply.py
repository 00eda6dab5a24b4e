"""Makes production what main asks for: authority, plan, journal, writes, report."""

from collections.abc import Callable, Iterable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from typing import Protocol

from bot.core.asset_id import AssetId, parse_asset_id
from bot.core.config.circuit import CircuitId, read_fleet
from bot.core.config.selector import parse
from bot.core.production.apply_report import ApplyReport, Outcome
from bot.core.production.deployment import DesiredDeployment
from bot.core.production.desired import desired_deployments
from bot.core.production.journal import Journal
from bot.core.production.lease import Lease
from bot.core.production.plan import Action, ActionKind, Known, Limits, Plan, make_plan
from bot.core.refusal import Refusal
from bot.core.render.plan import plan_text
from bot.errors import InvalidFileError, UserError
from bot.handlers.authority import Explained, Wanted, explain
from bot.handlers.context import Context
from bot.handlers.journal import keep_journal, read_journal
from bot.handlers.lease import held_lease, left_behind
from bot.handlers.ports import Cloud, Reporter
from bot.handlers.writes import FailureBudget, write_all

STAGE = "production"


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
    prepared = prepare(context, cloud)
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
    left = _left_behind(context)
    if not plan.updates and left is None:
        audience.end(report)
        return report
    told = tuple(sorted({*_pulls(explaining), *(left.pulls if left else ())}))
    reporter = audience.begin(told) if plan.updates else context.reporter
    with _lease(context, told):
        outcomes, journal = _write(context, cloud, prepared, reporter)
        pulls = tuple(sorted({*report.pulls, *told}))
        report = replace(report, outcomes=outcomes, journal=journal, pulls=pulls)
        audience.end(report)
    return report


def _explaining(prepared: Prepared, actions: Iterable[Action]) -> list[Explained]:
    return [prepared.explained[a.circuit] for a in actions if a.circuit is not None]


def _pulls(explaining: Iterable[Explained]) -> tuple[int, ...]:
    return tuple(sorted({one.pull for one in explaining if one.pull}))


def _claim(context: Context) -> str:
    return context.run_url or f"apply-{context.rules.main[:12]}"


def _left_behind(context: Context) -> Lease | None:
    """Return the lease of an apply that died before it had told the end."""
    return left_behind(
        context.repository,
        context.clock,
        STAGE,
        claim=_claim(context),
        is_over=context.hosting.run_is_over,
    )


def _lease(context: Context, told: tuple[int, ...]) -> AbstractContextManager[None]:
    return held_lease(
        context.repository,
        context.clock,
        STAGE,
        claim=_claim(context),
        owner=context.run_url,
        lasting=context.patience.lease,
        is_over=context.hosting.run_is_over,
        pulls=told,
    )


def _write(
    context: Context, cloud: Cloud, prepared: Prepared, reporter: Reporter
) -> tuple[tuple[Outcome, ...], Journal | None]:
    if not prepared.plan.updates:
        return (), read_journal(context)
    policy = context.rules.policy.apply
    journal = keep_journal(context, prepared.plan)
    outcomes = write_all(
        cloud,
        prepared.plan.updates,
        _tags(context, prepared.explained),
        workers=policy.workers,
        budget=FailureBudget(policy.failure_budget),
        reporter=reporter,
    )
    return outcomes, journal


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
    """Return those of the desired environment versions that the registry has."""
    found = set()
    for version in sorted({(one.environment, one.version) for one in desired}):
        if cloud.environment("registry", *version) is not None:
            text = context.rules.platform.registry_environment_id(*version)
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

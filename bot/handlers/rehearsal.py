"""Writes to the test workspace what an apply would write to production, and in the same way.

Nobody's approval is asked: production is not touched, and the identity that does it has no right
there.
"""

import json
from collections.abc import Iterable, Iterator

from bot.core.asset_id import AssetId, parse_asset_id
from bot.core.config.circuit import read_fleet
from bot.core.production.apply_report import ApplyReport, Outcome
from bot.core.production.deployment import DesiredDeployment
from bot.core.production.desired import rehearsed_deployments
from bot.core.production.journal import previous_env_versions
from bot.core.production.plan import Known, Plan, make_plan
from bot.core.production.plan_limits import Limits
from bot.core.production.waves import waves
from bot.core.render.apply_json import apply_json
from bot.core.render.plan import plan_text
from bot.errors import InvalidFileError
from bot.handlers.apply import require_current
from bot.handlers.context import Context
from bot.handlers.journal import REHEARSALS, keep_journal
from bot.handlers.plan_facts import environments_of, tags_of_models
from bot.handlers.ports import Cloud
from bot.handlers.stage_lease import hold
from bot.handlers.writes import FailureBudget, Writing, write_all

STAGE = "test"
# What else stands in the test workspace is nobody's loss.
_ANYTHING_MAY_GO = 100
_NOT_THERE = "only what the test workspace has is rehearsed"


def prepare_rehearsal(context: Context, cloud: Cloud) -> Plan:
    """Return what would be written to the deployments of the test workspace.

    A circuit without a deployment there is missing, which is no error: nothing is made.

    Raises:
        InvalidFileError: a config on main cannot be used.
    """
    desired = _desired(context)
    live = cloud.deployments(STAGE)
    known = Known(frozenset(_available(context, cloud, desired)), no_blueprint=_NOT_THERE)
    limits = Limits(_ANYTHING_MAY_GO, context.rules.platform.quotas)
    first = make_plan(desired, live, known=known, limits=limits)
    models = tags_of_models(cloud, STAGE, first, context.rules.policy.apply.workers)
    known = Known(
        known.environments,
        model_environments=environments_of(models),
        absent_models=frozenset(model for model, tags in models.items() if tags is None),
        no_blueprint=_NOT_THERE,
    )
    return make_plan(desired, live, known=known, limits=limits)


def rehearse(context: Context, cloud: Cloud, *, approved: str | None = None) -> ApplyReport:
    """Write the plan to the test workspace under its own lease and journal; return how it ended.

    An empty plan takes no lease and writes nothing.

    Args:
        context: the run.
        cloud: with an identity that may write to the test workspace.
        approved: the fingerprint a person looked at; None to write whatever differs.

    Raises:
        UserError: the plan is not the one looked at (`PLAN_STALE`), or another run is writing.
    """
    plan = prepare_rehearsal(context, cloud)
    require_current(plan, approved)
    context.reporter.step(plan_text(plan).rstrip("\n"))
    report = ApplyReport(context.rules.main, plan, (), (), {})
    if plan.updates:
        report = _write(context, cloud, report)
    context.keep("rehearsal.json", apply_json(report))
    return report


def _write(context: Context, cloud: Cloud, report: ApplyReport) -> ApplyReport:
    policy, updates = context.rules.policy.apply, report.plan.updates
    with hold(context, STAGE, ()) as held:
        journal = keep_journal(context, report.plan, refs=REHEARSALS)
        exported = json.dumps(previous_env_versions(journal), indent=2)
        context.keep("previous_env_versions.json", exported.encode() + b"\n")
        writing = Writing(
            cloud=cloud,
            stage=STAGE,
            our_tags=lambda _: {},
            workers=policy.workers,
            budget=FailureBudget(policy.failure_budget),
            held=held,
            reporter=context.reporter,
        )
        written = write_all(writing, waves(updates, journal.keys, policy))
    return ApplyReport(report.main, report.plan, _in_order(report.plan, written), (), {}, journal)


def _in_order(plan: Plan, written: Iterable[Outcome]) -> tuple[Outcome, ...]:
    found = {outcome.action.key: outcome for outcome in written}
    return tuple(found[action.key] for action in plan.updates)


def _desired(context: Context) -> tuple[DesiredDeployment, ...]:
    fleet = read_fleet(context.repository.read(context.rules.main, "config"))
    if fleet.problems:
        raise InvalidFileError(fleet.problems)
    return rehearsed_deployments(fleet.circuits.values(), context.rules.platform)


def _available(
    context: Context, cloud: Cloud, desired: Iterable[DesiredDeployment]
) -> Iterator[AssetId]:
    """Yield those of the desired environment versions that are where a rehearsal finds them."""
    platform = context.rules.platform
    place = STAGE if platform.recreates_for_production else platform.release_place
    for identity, name, version in sorted(
        {(one.environment_id, one.environment, one.version) for one in desired}
    ):
        found = parse_asset_id(identity)
        if found and cloud.environment(place, name, version) is not None:
            yield found

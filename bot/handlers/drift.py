"""Looks for drift in production, and keeps the one issue that shows it."""

from functools import partial

from bot.core.asset_id import AssetId, label, parse_asset_id
from bot.core.config.promotion import RECREATE
from bot.core.kept_issue import KeptIssue
from bot.core.production.drift_report import DriftReport, Lost, drift_report, running_versions
from bot.core.production.plan import Plan
from bot.core.render.drift import Place, drift_title, issue_markdown
from bot.core.render.marker import DRIFT, marked
from bot.handlers.context import Context
from bot.handlers.drifted import plan_with_drift
from bot.handlers.plan_facts import knowing_models, known_of_places
from bot.handlers.planning import STAGE, read_desired
from bot.handlers.ports import Cloud


def read_drift(context: Context, cloud: Cloud) -> DriftReport:
    """Return the drift of production, whatever policy does about it.

    Raises:
        InvalidFileError: a config on main cannot be used.
        BotError: Azure cannot be asked.
    """
    desired, live = read_desired(context), cloud.deployments(STAGE)
    known = known_of_places(context, cloud, desired, live)
    make = partial(plan_with_drift, context.repository, context.rules, desired, live)
    plan = knowing_models(cloud, context.rules.policy.apply.workers, known, make)
    lost = _lost(context, cloud, plan)
    return drift_report(plan, lost, is_enforced=context.rules.policy.drift == "enforce")


def place_of(context: Context) -> Place:
    """Return the workspace that production is in."""
    stage = context.rules.platform.stages[STAGE]
    return Place(stage.resource_group, stage.workspace)


def show_drift(context: Context, cloud: Cloud) -> DriftReport:
    """Make the issue say what drifted, and return it; close the issue when nothing has.

    Nothing is written while the issue says so already.
    """
    report = read_drift(context, cloud)
    body = marked(DRIFT, issue_markdown(report, place_of(context)), context.documents)
    context.hosting.keep_issue(KeptIssue(DRIFT, drift_title(report), body, report.found))
    return report


def _lost(context: Context, cloud: Cloud, plan: Plan) -> list[Lost]:
    """Return the versions that circuits run as main asks, and that are not where they come from."""
    platform, found = context.rules.platform, []
    recreated = platform.promotion.registry_to_production == RECREATE
    place = STAGE if recreated else platform.release_place
    for text, circuits in running_versions(plan).items():
        asset = parse_asset_id(text)
        state = _state(cloud, place, asset) if asset else ""
        if state:
            found.append(Lost(label(text), state, circuits))
    return found


def _state(cloud: Cloud, place: str, asset: AssetId) -> str:
    """Return `missing`, `archived` or nothing; of a registry Azure does not tell the archived."""
    if cloud.environment(place, asset.name, asset.version) is None:
        return "missing"
    if place != STAGE:
        return ""
    listed = {one.version for one in cloud.environments(place, asset.name)}
    return "" if asset.version in listed else "archived"

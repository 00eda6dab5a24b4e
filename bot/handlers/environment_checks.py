"""Asks whether the environment versions that production is to run can be run, before any write."""

from collections.abc import Mapping

from bot.core.asset_id import AssetId, parse_asset_id
from bot.core.production.action import WRITTEN
from bot.core.production.environment_state import Objection, doubt_about, objection_to
from bot.core.production.plan import Plan
from bot.handlers.context import Context
from bot.handlers.ports import Cloud


def unusable_versions(context: Context, cloud: Cloud, plan: Plan) -> Mapping[AssetId, Objection]:
    """Return which of the versions that the plan would write cannot be run, each with the reason.

    Each version is asked for once, however many circuits are to run it.
    """
    written = {parse_asset_id(one.environment_id or "") for one in plan.of_kind(*WRITTEN)}
    asked = sorted(asset for asset in written if asset)
    found = {asset: why_unusable(context, cloud, asset.name, asset.version) for asset in asked}
    return {asset: objection for asset, objection in found.items() if objection}


def why_unusable(context: Context, cloud: Cloud, name: str, version: str) -> Objection | None:
    """Return why production cannot run a version that is in its registry; None where it may.

    What cannot be found out is told and stands in nobody's way: a container registry that does not
    answer must not keep production from going back.
    """
    platform, label = context.rules.platform, f"{name}:{version}"
    state = cloud.environment_state(platform.release_place, name, version)
    pulled_exists = context.images.exists(state.pulled) if state.pulled else None
    copied = platform.recreates_for_production
    found = objection_to(label, state, copied=copied, pulled_exists=pulled_exists)
    doubt = doubt_about(label, state, copied=copied, pulled_exists=pulled_exists)
    if doubt and not found:
        context.reporter.step(doubt)
    return found

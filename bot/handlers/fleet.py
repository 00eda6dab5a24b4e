"""Reads the fleet from git and Azure alone."""

from bot.core.config.circuit import read_fleet
from bot.core.production.fleet_status import FleetStatus, fleet_status
from bot.core.production.plan import Known, Limits, make_plan
from bot.handlers.context import Context
from bot.handlers.planning import STAGE, read_desired
from bot.handlers.ports import Cloud


def read_fleet_status(context: Context, cloud: Cloud) -> FleetStatus:
    """Return what every circuit of main runs in production now.

    Raises:
        InvalidFileError: a config on main cannot be used.
        BotError: Azure cannot be asked.
    """
    limits = Limits(context.rules.policy.apply.circuits_gone_percent)
    desired = read_desired(context)
    plan = make_plan(desired, cloud.deployments(STAGE), known=Known(), limits=limits)
    tree = context.repository.read(context.rules.main, "config")
    return fleet_status(plan, read_fleet(tree).circuits)

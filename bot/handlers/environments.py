"""Reads which versions of the environment there are, from Azure alone."""

from collections import Counter

from bot.core.asset_id import parse_asset_id
from bot.core.environment_catalogue import CatalogueEntry, catalogue
from bot.handlers.context import Context
from bot.handlers.ports import Cloud


def read_catalogue(
    context: Context, cloud: Cloud, *, compatible: bool = False
) -> tuple[CatalogueEntry, ...]:
    """Return the versions in dev and in each registry, the archived ones of dev among them.

    With `compatible`, only those that production could run as it is, none of them archived.

    Raises:
        BotError: Azure cannot be asked.
    """
    name, running = context.rules.platform.names.environment, Counter[str]()
    for live in cloud.deployments("production"):
        runs = parse_asset_id(live.environment_id or "")
        if runs and runs.name == name:
            running[runs.version] += 1
    places = context.rules.platform.places
    visible = [one for place in places for one in cloud.environments(place, name)]
    entries = catalogue(visible, cloud.archived_environments("dev", name), running)
    if not compatible:
        return entries
    return tuple(one for one in entries if one.compatible and len(one.archived) < len(one.places))

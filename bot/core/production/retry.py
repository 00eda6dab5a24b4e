"""Which updates an apply has tried already, told from the journal and from what is live now."""

from bot.core.asset_id import is_same_asset
from bot.core.production.action import Action
from bot.core.production.deployment import LiveDeployment
from bot.core.production.journal import Journal, JournalEntry


def why_not_failed(action: Action, journal: Journal | None) -> str:
    """Return why a retry of what failed leaves an update alone; empty when it tries it again.

    It failed when an apply set out to write it and it is as it was before, or its last operation
    did not succeed. What stands where nothing was cannot have been changed by anybody.
    """
    if action.live is None or not action.live.has_succeeded:
        return ""
    entries = {entry.key: entry for entry in journal.entries} if journal else {}
    entry = entries.get(action.key)
    if entry is None:
        return "no apply has tried it yet; `/retry` without `--failed` does"
    if not _is_as_before(entry, action.live):
        return "it was changed after it failed; `/retry` without `--failed` writes it"
    return ""


def was_tried(action: Action, journal: Journal | None) -> bool:
    """Tell whether the apply of `journal` set out to write `action`, in vain.

    What was changed since by somebody else is new to it.
    """
    entries = journal.entries if journal else ()
    entry = next((one for one in entries if one.key == action.key), None)
    if entry is None:
        return False
    live = action.live
    return live is None or not live.has_succeeded or _is_as_before(entry, live)


def _is_as_before(entry: JournalEntry, live: LiveDeployment) -> bool:
    return (
        is_same_asset(entry.environment_id, live.environment_id)
        and is_same_asset(entry.model_id, live.model_id)
        and entry.rest_digest == live.rest_digest
    )

"""Which updates an apply has tried already, told from the journal and from what is live now."""

from collections.abc import Collection, Iterable, Iterator, Mapping

from bot.core.asset_id import is_same_asset
from bot.core.production.action import Action
from bot.core.production.deployment import LiveDeployment
from bot.core.production.journal import Journal, JournalEntry


def not_tried_again(
    actions: Iterable[Action], journal: Journal | None
) -> Iterator[tuple[Action, str]]:
    """Yield the updates that a retry of what failed leaves alone, each with the reason.

    An update failed when an apply set out to write it and it is as it was before, or its last
    operation did not succeed. What stands where nothing was cannot have been changed by anybody.
    """
    entries = _by_key(journal.entries if journal else ())
    later = _by_key(journal.overwritten if journal else ())
    for action in actions:
        before = [known[action.key] for known in (entries, later) if action.key in known]
        if why := _why_not_failed(action.live, before):
            yield action, why


def untried(actions: Iterable[Action], journal: Journal | None) -> Iterator[Action]:
    """Yield the updates that the apply of `journal` has not set out to write in vain.

    What was changed since by somebody else is new to it.
    """
    entries = _by_key(journal.entries if journal else ())
    for action in actions:
        entry, live = entries.get(action.key), action.live
        failed = live is None or not live.has_succeeded
        if entry is None or not (failed or (live and _is_as_before(entry, live))):
            yield action


def _by_key(entries: Iterable[JournalEntry]) -> Mapping[tuple[str, str], JournalEntry]:
    return {entry.key: entry for entry in entries}


def _why_not_failed(live: LiveDeployment | None, before: Collection[JournalEntry]) -> str:
    if live is None or not live.has_succeeded:
        return ""
    if not before:
        return "no apply has tried it yet; `/retry` without `--failed` does"
    if not any(_is_as_before(entry, live) for entry in before):
        return "it was changed after it failed; `/retry` without `--failed` writes it"
    return ""


def _is_as_before(entry: JournalEntry, live: LiveDeployment) -> bool:
    return (
        is_same_asset(entry.environment_id, live.environment_id)
        and is_same_asset(entry.model_id, live.model_id)
        and entry.rest_digest == live.rest_digest
    )

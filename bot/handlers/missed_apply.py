"""Tells whether production waits for an apply that nobody has started, or that died."""

from bot.core.production.drift_report import DriftReport
from bot.core.production.retry import untried
from bot.handlers.context import Context
from bot.handlers.journal import read_journal
from bot.handlers.planning import STAGE, prepare
from bot.handlers.ports import Cloud
from bot.handlers.stage_lease import is_held, left_in


def misses_apply(context: Context, cloud: Cloud, found: DriftReport) -> bool:
    """Tell whether an apply should start; `found` is the drift of production as it is now.

    It should where a run died in the middle of one, and where there is something to write that no
    apply of main's head has set out to write: the event of its push was lost. What an apply has
    tried in vain is left to people, who were told; else each hour would try it again. While some
    run is writing, nothing is missed.

    An equal production costs one look at the lease, and nothing of GitHub or Azure.

    Raises:
        InvalidFileError: a config on main, or the journal, cannot be used.
        BotError: `origin`, GitHub or Azure cannot be asked.
    """
    if left_in(context, STAGE) is not None:
        return True
    may_write = found.to_come or (found.is_enforced and found.changed)
    if not may_write or is_held(context, STAGE):
        return False
    journal = read_journal(context)
    return any(untried(prepare(context, cloud).plan.updates, journal))

"""Pull requests that were told of something not done: they are told once it is.

A write that failed may have taken effect later. The run that then finds nothing left to do has
nobody to tell by its plan.
"""

from collections.abc import Iterable, Iterator
from contextlib import suppress

from bot.core.production.apply_report import ApplyReport
from bot.core.production.journal import Journal
from bot.errors import BotError
from bot.handlers.context import Context
from bot.handlers.journal import write_owing

_TOLD_AT_MOST = 50


def owed_by(context: Context, journal: Journal | None) -> tuple[int, ...]:
    """Return whom the runs before still owe a word."""
    return tuple(merged_only(context, journal.owing if journal else ()))


def merged_only(context: Context, pulls: Iterable[int]) -> Iterator[int]:
    """Yield the merged ones of pull requests that a ref names.

    Any writer can write one, so only merged ones count, and no more than a run would tell: what
    cannot be told would keep every apply from ending.
    """
    for number in tuple(pulls)[:_TOLD_AT_MOST]:
        if context.hosting.is_merged(number):
            yield number


def settle_owed(context: Context, journal: Journal | None, report: ApplyReport) -> None:
    """Write down whom `report` has told of something still to come; nobody once it converged."""
    owing = () if report.converged else report.pulls
    if journal is not None and journal.owing != owing:
        with suppress(BotError):  # the apply is over; all that is lost is a word later
            write_owing(context, owing)

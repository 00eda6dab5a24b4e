"""Pull requests that were told of something not done: they are told once it is.

A write that failed may have taken effect later. The run that then finds nothing left to do has
nobody to tell by its plan.
"""

from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, replace

from bot.core.production.apply_report import ApplyReport
from bot.core.production.journal import Journal
from bot.errors import BotError, InvalidFileError
from bot.handlers.context import Context
from bot.handlers.journal import FoundJournal, find_journal, release_ref, write_owing

_TOLD_AT_MOST = 50
# Each merge looked at is one more question to `origin`. The run of a newer commit begins at once.
_LOOK_BACK = 5


@dataclass(frozen=True, slots=True)
class Owed:
    """Whom the runs before still owe a word.

    Attributes:
        found: the journal that says so, and its ref; None where there is none.
        pulls: merged pull requests, sorted.
    """

    found: FoundJournal | None = None
    pulls: tuple[int, ...] = ()

    def after(self, context: Context, journal: Journal | None) -> "Owed":
        """Return the same once a run has a journal of its own: from then on that one counts."""
        if journal is None:
            return self
        return replace(self, found=FoundJournal(release_ref(context.rules.main), journal))


def find_owed(context: Context) -> Owed:
    """Return whom the last apply owes a word: of main's head, or of a commit shortly before it.

    An apply that main has overtaken leaves the word to that of the newer commit.
    """
    with suppress(InvalidFileError):  # a journal is needed for writes alone
        found = find_journal(context, within=_LOOK_BACK)
        pulls = merged_only(context, found.journal.owing if found else ())
        return Owed(found, tuple(sorted(pulls)))
    return Owed()


def merged_only(context: Context, pulls: Iterable[int]) -> Iterator[int]:
    """Yield the merged ones of pull requests that a ref names.

    Any writer can write one, so only merged ones count, and no more than a run would tell: what
    cannot be told would keep every apply from ending.
    """
    for number in tuple(pulls)[:_TOLD_AT_MOST]:
        if context.hosting.is_merged(number):
            yield number


def settle_owed(context: Context, owed: Owed, report: ApplyReport) -> None:
    """Write down whom `report` has told of something still to come; nobody once it converged."""
    owing = () if report.converged else report.pulls
    if owed.found is not None and owed.found.journal.owing != owing:
        with suppress(BotError):  # the apply is over; all that is lost is a word later
            write_owing(context, owed.found.ref, owing)

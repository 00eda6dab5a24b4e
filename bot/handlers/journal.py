"""Writes down what production was before the first write of a release."""

from dataclasses import replace
from typing import NamedTuple

from bot.core.production import journal as journals
from bot.core.production.journal import Journal, JournalEntry
from bot.core.production.plan import Plan
from bot.errors import BotError
from bot.handlers.context import Context
from bot.handlers.ref_record import read_record, write_record

FILE = "journal.json"
RELEASES = "refs/envbot/releases"
REHEARSALS = "refs/envbot/rehearsals"
_ATTEMPTS = 3
# A retry of what failed longer ago than so many merges is a `/retry` of everything.
_LOOK_BACK = 20


class FoundJournal(NamedTuple):
    """A journal, and the ref that holds it."""

    ref: str
    journal: Journal


def keep_journal(
    context: Context, plan: Plan, *, refs: str = RELEASES, owing: tuple[int, ...] = ()
) -> Journal:
    """Return the journal of main's release once it is durable.

    A run that goes on after a crash keeps the entries of the first: what it finds live now may
    already be what the first run wrote. What is neither is kept beside them. A new one takes over
    whom the last one is `owing` a word.

    Raises:
        InvalidFileError: the ref is there and holds no journal.
        BotError: the journal cannot be fetched or written. After either, nothing may be written to
            production.
    """
    main = context.rules.main
    ref = f"{refs}/{main[:12]}"
    for _ in range(_ATTEMPTS):
        seen = read_record(context.repository, ref, FILE)
        earlier = None if seen.data is None else journals.from_bytes(seen.data, ref)
        journal = _merged(_new(context, plan, owing), earlier, plan)
        if earlier == journal:
            return journal
        data, now = journals.to_bytes(journal), context.clock.now()
        message = f"Journal of {main[:12]}"
        if write_record(context.repository, ref, FILE, data, seen=seen, message=message, at=now):
            return journal
    raise BotError(f"`{ref}` kept changing while envbot wrote the journal.", undone="the apply")


def read_journal(context: Context) -> Journal | None:
    """Return the journal of main's release; None where nothing was written for it.

    Raises:
        InvalidFileError: the ref is there and holds no journal.
    """
    ref = _ref(context)
    seen = read_record(context.repository, ref, FILE)
    return None if seen.data is None else journals.from_bytes(seen.data, ref)


def write_owing(context: Context, ref: str, owing: tuple[int, ...]) -> None:
    """Make the journal of a ref name these pull requests as owed a word; left if it moves."""
    seen = read_record(context.repository, ref, FILE)
    if seen.data is None:
        return
    journal = replace(journals.from_bytes(seen.data, ref), owing=owing)
    message = f"Journal of {ref.rpartition('/')[2]}: whom an apply owes an end"
    write_record(
        context.repository,
        ref,
        FILE,
        journals.to_bytes(journal),
        seen=seen,
        message=message,
        at=context.clock.now(),
    )


def last_journal(context: Context) -> Journal | None:
    """Return the journal of main's release or, where it wrote nothing, of the last that did.

    Raises:
        InvalidFileError: a ref is there and holds no journal.
    """
    found = find_journal(context, within=_LOOK_BACK)
    return found.journal if found else None


def find_journal(context: Context, *, within: int) -> FoundJournal | None:
    """Return the newest journal of main's head and the merges before it, so many in all.

    Raises:
        InvalidFileError: a ref is there and holds no journal.
    """
    commit: str | None = context.rules.main
    for _ in range(within):
        if commit is None:
            return None
        ref = release_ref(commit)
        seen = read_record(context.repository, ref, FILE)
        if seen.data is not None:
            return FoundJournal(ref, journals.from_bytes(seen.data, ref))
        commit = next(iter(context.repository.parents(commit)), None)
    return None


def release_ref(main: str) -> str:
    """Return the ref that holds the journal of the release of a commit of main."""
    return f"{RELEASES}/{main[:12]}"


def _ref(context: Context) -> str:
    return release_ref(context.rules.main)


def _new(context: Context, plan: Plan, owing: tuple[int, ...]) -> Journal:
    return Journal(
        release_id=context.rules.main[:12],
        merge_sha=context.rules.main,
        plan_fingerprint=plan.fingerprint,
        run_id=context.run_url,
        created_at=context.clock.now().isoformat(),
        entries=journals.entries_of(plan),
        owing=owing,
    )


def _merged(new: Journal, earlier: Journal | None, plan: Plan) -> Journal:
    if earlier is None:
        return new
    known = {_key(entry) for entry in earlier.entries}
    added = [entry for entry in new.entries if _key(entry) not in known]
    entries = sorted([*earlier.entries, *added], key=lambda one: (one.plant, one.circuit))
    overwritten = journals.overwritten_by(plan, earlier)
    return replace(earlier, entries=tuple(entries), overwritten=overwritten)


def _key(entry: JournalEntry) -> tuple[str, str]:
    return entry.endpoint, entry.deployment

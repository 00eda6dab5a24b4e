"""One small document in one ref: how the bot keeps leases, journals and promotion records."""

from dataclasses import dataclass
from datetime import datetime

from bot.errors import BotError
from bot.handlers.ports import Repository


@dataclass(frozen=True, slots=True)
class RefRecord:
    """What a ref held when it was read: the commit to compare with, and the document's bytes."""

    commit: str | None
    data: bytes | None


def read_record(repository: Repository, ref: str, file: str) -> RefRecord:
    """Return the document `file` of `ref` at `origin`; both parts None where there is no ref."""
    commit = repository.read_ref(ref)
    if commit is None:
        return RefRecord(None, None)
    found = repository.read(commit, file).get(file)
    return RefRecord(commit, found.data if found else b"")


def write_record(  # noqa: PLR0913 - a compare-and-swap names what it compares and what it swaps
    repository: Repository,
    ref: str,
    file: str,
    data: bytes,
    *,
    seen: RefRecord,
    message: str,
    at: datetime,
) -> str | None:
    """Replace the document if the ref still is as it was `seen`; None if somebody was faster.

    Returns the commit that holds the document now.

    Earlier documents stay reachable as parents, so that a record has a history.
    """
    parents = (seen.commit,) if seen.commit else ()
    commit = repository.commit(parents, {file: data}, message, at=at)
    return commit if repository.write_ref(ref, commit, expected=seen.commit) else None


def delete_record(repository: Repository, ref: str, commit: str) -> None:
    """Delete the ref if it still is `commit`.

    Raises:
        BotError: somebody else has it now.
    """
    if not repository.write_ref(ref, None, expected=commit):
        raise BotError(f"`{ref}` was taken over by another run; it is left as it is.")

"""The first-parent line of main: one process, however long it is."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from sys import intern

from bot.adapters.git.process import Git
from bot.core.history import FileChange, HistoryEntry
from bot.core.tree import REGULAR

_MARK = "\x01"


def first_parent_history(git: Git, head: str, prefixes: Sequence[str]) -> tuple[HistoryEntry, ...]:
    """Return the first-parent commits that touch `prefixes`, newest first, with all those paths."""
    raw = _log(git, head, prefixes, "--name-only", f"--format={_MARK}%H %P")
    return tuple(_entry(record) for record in raw.split(_MARK) if record)


def first_parent_changes(git: Git, head: str, prefixes: Sequence[str]) -> tuple[FileChange, ...]:
    """Return each change of a regular file below `prefixes`, those of the newest commit first."""
    raw = _log(git, head, prefixes, "--raw", "--no-abbrev", f"--format={_MARK}%H %ct")
    return tuple(one for record in raw.split(_MARK) if record for one in _changes(record))


def _log(git: Git, head: str, prefixes: Sequence[str], *form: str) -> str:
    found = git.run(
        "log", "--first-parent", "-m", "--root", "--no-renames", "-z", *form,
        head, "--", *prefixes,
    )  # fmt: skip
    return found.stdout.decode("utf-8", "surrogateescape")


def _entry(record: str) -> HistoryEntry:
    header, _, rest = record.partition("\0")
    # With -z git still puts one newline between the header and the first path.
    commit, *parents = header.split()
    paths = sorted(path.lstrip("\n") for path in rest.split("\0") if path.strip("\n"))
    return HistoryEntry(commit, parents[0] if parents else "", tuple(paths))


def _changes(record: str) -> Iterator[FileChange]:
    header, _, rest = record.partition("\0")
    commit, seconds = header.split()
    at = datetime.fromtimestamp(int(seconds), UTC)
    fields = iter(rest.lstrip("\n").split("\0"))
    for meta, path in zip(fields, fields, strict=False):  # an empty text follows the last path
        old_mode, new_mode, before, after, _status = meta[1:].split(" ")
        # One text per path and blob: what a commit made of a file, the next one found.
        made = (_blob(old_mode, before), _blob(new_mode, after))
        yield FileChange(commit, at, intern(path), *map(intern, made))


def _blob(mode: str, oid: str) -> str:
    """Return the id of a regular file; what is no such file is no file to whoever reads configs."""
    return oid if mode == REGULAR else ""

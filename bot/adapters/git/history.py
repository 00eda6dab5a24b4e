"""The first-parent line of main: one process, however long it is."""

from collections.abc import Collection, Generator, Sequence
from contextlib import closing
from datetime import UTC, datetime
from posixpath import commonpath
from sys import intern

from bot.adapters.git.process import Git
from bot.core.history import FileChange, HistoryEntry
from bot.core.tree import REGULAR

_MARK = "\x01"
_LOG = ("log", "--first-parent", "-m", "--root", "--no-renames", "-z")
# With more paths than this, git is faster without being told them.
_FEW = 100
_NEVER = datetime.min.replace(tzinfo=UTC)


def first_parent_history(git: Git, head: str, prefixes: Sequence[str]) -> tuple[HistoryEntry, ...]:
    """Return the first-parent commits that touch `prefixes`, newest first, with all those paths."""
    found = git.run(*_LOG, "--name-only", f"--format={_MARK}%H %P", head, "--", *prefixes)
    return tuple(_entry(record) for record in _decoded(found.stdout).split(_MARK) if record)


def first_parent_changes(git: Git, head: str, prefixes: Sequence[str]) -> tuple[FileChange, ...]:
    """Return each change of a regular file below `prefixes`, those of the newest commit first."""
    return tuple(_changes(git, head, prefixes))


def newest_changes(
    git: Git, head: str, paths: Collection[str], along: str, most: int | None
) -> tuple[FileChange, ...]:
    """Return the newest `most` changes of each file, with those of `along` that are as new.

    Nothing older is read than the oldest of these, and nothing else is kept: a release of a large
    fleet changes every file, and main has many releases. None takes all changes.
    """
    kept: list[FileChange] = []
    wanted = dict.fromkeys(paths, most)
    unsettled = len(wanted)
    if not unsettled:
        return ()
    with closing(_changes(git, head, [*_few(paths), along])) as changes:
        for change in changes:
            if not unsettled and change.commit != kept[-1].commit:
                break
            left = wanted.get(change.path, 0)
            if change.path != along and left == 0:
                continue
            kept.append(change)
            if left:
                wanted[change.path] = left - 1
                unsettled -= left == 1
    return tuple(kept)


def _few(paths: Collection[str]) -> Collection[str]:
    """Return paths that git is fast with; it tells of other files too then."""
    return paths if len(paths) <= _FEW else [commonpath(paths) or "."]


def _entry(record: str) -> HistoryEntry:
    header, _, rest = record.partition("\0")
    # With -z git still puts one newline between the header and the first path.
    commit, *parents = header.split()
    paths = sorted(path.lstrip("\n") for path in rest.split("\0") if path.strip("\n"))
    return HistoryEntry(commit, parents[0] if parents else "", tuple(paths))


def _changes(git: Git, head: str, prefixes: Collection[str]) -> Generator[FileChange, None, None]:
    commit, at, meta = "", _NEVER, ""
    form = ("--raw", "--no-abbrev", f"--format={_MARK}%H %ct")
    with closing(git.stream(*_LOG, *form, head, "--", *prefixes)) as records:
        for text in map(_decoded, records):
            if meta:
                old_mode, new_mode, before, after, _status = meta[1:].split(" ")
                # One text per path and blob: what a commit made of a file, the next one found.
                made = (_blob(old_mode, before), _blob(new_mode, after))
                yield FileChange(commit, at, intern(text), *map(intern, made))
                meta = ""
            elif text.startswith(_MARK):
                commit, seconds = text.removeprefix(_MARK).split(" ")
                at = datetime.fromtimestamp(int(seconds), UTC)
            else:
                meta = text.lstrip("\n")  # put between the header and the first change


def _decoded(text: bytes) -> str:
    return text.decode("utf-8", "surrogateescape")


def _blob(mode: str, oid: str) -> str:
    """Return the id of a regular file; what is no such file is no file to whoever reads configs."""
    return oid if mode == REGULAR else ""

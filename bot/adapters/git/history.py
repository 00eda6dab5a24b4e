"""The first-parent line of main: one process, however long it is."""

from collections.abc import Sequence

from bot.adapters.git.process import Git
from bot.core.history import HistoryEntry

_MARK = "\x01"


def first_parent_history(git: Git, head: str, prefixes: Sequence[str]) -> tuple[HistoryEntry, ...]:
    """Return the first-parent commits that touch `prefixes`, newest first, with all those paths."""
    raw = git.run(
        "log", "--first-parent", "-m", "--root", "--no-renames", "--name-only", "-z",
        f"--format={_MARK}%H %P", head, "--", *prefixes,
    ).stdout.decode("utf-8", "surrogateescape")  # fmt: skip
    return tuple(_entry(record) for record in raw.split(_MARK) if record)


def _entry(record: str) -> HistoryEntry:
    header, _, rest = record.partition("\0")
    # With -z git still puts one newline between the header and the first path.
    commit, *parents = header.split()
    paths = sorted(path.lstrip("\n") for path in rest.split("\0") if path.strip("\n"))
    return HistoryEntry(commit, parents[0] if parents else "", tuple(paths))

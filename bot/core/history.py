"""What happened on main, one entry per first-parent commit."""

from datetime import datetime
from typing import NamedTuple


class HistoryEntry(NamedTuple):
    """One commit of main's first-parent line.

    Attributes:
        commit: its id.
        before: the first parent's id; empty for the root.
        paths: the paths that differ from the first parent, sorted.
    """

    commit: str
    before: str
    paths: tuple[str, ...]


class FileChange(NamedTuple):
    """One file that a commit of main's first-parent line changed.

    Attributes:
        commit: its id.
        at: when it was committed (UTC); a merge on GitHub gets GitHub's time.
        path: the file.
        before: the blob id that the first parent has; empty where the file is new.
        after: the blob id that the commit has; empty where it removed the file.
    """

    commit: str
    at: datetime
    path: str
    before: str
    after: str

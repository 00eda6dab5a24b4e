"""What happened on main, one entry per first-parent commit."""

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

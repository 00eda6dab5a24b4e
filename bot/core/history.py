"""What happened on main, one entry per first-parent commit."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class HistoryEntry:
    """One commit of main's first-parent line.

    Attributes:
        commit: its id.
        before: the first parent's id; empty for the root.
        paths: the paths that differ from the first parent, sorted.
    """

    commit: str
    before: str
    paths: tuple[str, ...]

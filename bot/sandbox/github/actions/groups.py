"""Concurrency groups: who runs, who waits, who is cancelled."""

from collections import deque
from dataclasses import dataclass, field
from typing import Generic, TypeVar

T = TypeVar("T")


@dataclass(slots=True)
class Groups(Generic[T]):
    """GitHub's concurrency groups over jobs of type `T`; the caller holds a lock.

    One job of a group runs. Of those that wait only the newest is kept, unless the newest asks
    for all to be kept (`queue: max`), and then they run in the order they came.
    """

    _waiting: dict[str, deque[T]] = field(default_factory=dict)

    def enter(self, group: str, job: T, *, keeps_all: bool) -> tuple[bool, list[T]]:
        """Add `job`; return whether it may run at once, and the waiting jobs it cancels."""
        waiting = self._waiting.get(group)
        if waiting is None:
            self._waiting[group] = deque()
            return True, []
        cancelled = [] if keeps_all else list(waiting)
        if not keeps_all:
            waiting.clear()
        waiting.append(job)
        return False, cancelled

    def leave(self, group: str) -> T | None:
        """Take the running job out; return the one that runs next, or None."""
        waiting = self._waiting[group]
        if waiting:
            return waiting.popleft()
        del self._waiting[group]
        return None

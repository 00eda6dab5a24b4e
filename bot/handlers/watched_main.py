"""Main while one of its commits is applied: once it has moved on, nothing new begins."""

from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from threading import Lock

from bot.core.production.apply_report import MOVED_ON
from bot.errors import BotError
from bot.handlers.context import Context
from bot.handlers.held_lease import HeldLease
from bot.handlers.ports import Clock, Repository

# How old what is known of main may grow while deployments of one wave are written.
_LOOK_EVERY = timedelta(seconds=5)


@dataclass(slots=True)
class WatchedMain:
    """A held lease that also objects once main is no longer the commit that is applied.

    Any newer commit counts: its own run plans anew, and goes on with what is still asked for. One
    thread looks, any number ask about it.

    Attributes:
        planned: the commit of main that is applied.
        newer: main's head once it was found to be another commit; empty until then.
    """

    lease: HeldLease
    repository: Repository
    clock: Clock
    branch: str
    planned: str
    newer: str = field(default="", init=False)
    _looked: datetime = field(init=False)
    _lock: Lock = field(default_factory=Lock, init=False)

    def __post_init__(self) -> None:
        """Take main for looked at: it was, just before the first write was prepared."""
        self._looked = self.clock.now()

    @property
    def objection(self) -> str:
        """Return why no further write may begin; empty while it may."""
        with self._lock:
            return MOVED_ON if self.newer else self.lease.objection

    def beat(self) -> None:
        """Renew the lease when it is time to, and look at main when the last look is old."""
        self.lease.beat()
        if self.clock.now() - self._looked >= _LOOK_EVERY:
            self._look()

    def begin_wave(self) -> None:
        """Look at main: what is asked for now decides whether a release may spread."""
        self.lease.beat()
        self._look()

    def _look(self) -> None:
        """Find out where main is. Where git does not tell, the writes go on: the lease decides."""
        if self.newer:
            return
        self._looked = self.clock.now()
        with suppress(BotError):
            head = self.repository.read_ref(f"refs/heads/{self.branch}")
            if head != self.planned:
                with self._lock:
                    self.newer = head or "nothing"


def watch_main(context: Context, lease: HeldLease) -> WatchedMain:
    """Return the lease of an apply of main as this run knows it, which ends when main moves on."""
    main, branch = context.rules.main, context.main_branch
    return WatchedMain(lease, context.repository, context.clock, branch, main)

"""A lease while it is held: renewed now and then, and asked before every write."""

from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from threading import Lock

from bot.core.production import lease as leases
from bot.core.production.lease import Lease
from bot.errors import BotError
from bot.handlers.ports import Clock, Repository
from bot.handlers.ref_record import RefRecord, delete_record, read_record, write_record


@dataclass(slots=True)
class HeldLease:
    """The lease of a stage that is ours: one thread keeps it alive, any number ask about it.

    Attributes:
        lasting: how long it is good for after it was taken or renewed.
        commit: what its ref was last seen to point to.
    """

    repository: Repository
    clock: Clock
    stage: str
    lease: Lease
    lasting: timedelta
    commit: str
    _unanswered: Lease | None = field(default=None, init=False)
    _is_lost: bool = field(default=False, init=False)
    _lock: Lock = field(default_factory=Lock, init=False)

    @property
    def objection(self) -> str:
        """Return why no further write may begin; empty while it may."""
        with self._lock:
            if self._is_lost:
                return f"another run took the lease of {self.stage}"
            if leases.may_begin(self.lease, self.clock.now(), self.lasting):
                return ""
        return f"the lease of {self.stage} could not be renewed"

    def beat(self) -> None:
        """Renew the lease once a third of it is over; whether that worked `objection` tells.

        A renewal that finds somebody else's lease ends ours for good. One that does not get
        through is tried again at the next call, until what is left is too little to write by.
        """
        now = self.clock.now()
        if self._is_lost or not leases.is_due(self.lease, now, self.lasting):
            return
        with suppress(BotError):
            self._renew(leases.until(self.lease, now + self.lasting))

    def begin_wave(self) -> None:
        """Renew the lease when it is time to: a wave asks no more of it than any write."""
        self.beat()

    def give_back(self) -> None:
        """Free the stage.

        Raises:
            BotError: somebody else has it now, or `origin` cannot be asked.
        """
        self._settle()
        delete_record(self.repository, self._ref, self.commit)

    @property
    def _ref(self) -> str:
        return leases.ref_of(self.stage)

    def _renew(self, renewed: Lease) -> None:
        self._settle()
        self._unanswered = renewed
        commit = write_record(
            self.repository,
            self._ref,
            leases.FILE,
            leases.to_json(renewed),
            seen=RefRecord(self.commit, None),
            message=f"Lease of {self.stage}: {renewed.claim}",
            at=self.clock.now(),
        )
        self._unanswered = None
        self._keep(renewed, commit)

    def _settle(self) -> None:
        """Find out whether the renewal that nobody answered has taken effect."""
        if self._unanswered is None:
            return
        found = read_record(self.repository, self._ref, leases.FILE)
        if found.data == leases.to_json(self._unanswered):
            self._keep(self._unanswered, found.commit)
        self._unanswered = None

    def _keep(self, renewed: Lease, commit: str | None) -> None:
        with self._lock:
            if commit is None:
                self._is_lost = True
            else:
                self.lease, self.commit = renewed, commit

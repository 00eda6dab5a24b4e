"""A lease while it is held: renewed now and then, and asked before every write."""

from contextlib import suppress
from datetime import timedelta
from threading import Lock

from bot.core.production import lease as leases
from bot.core.production.lease import Lease
from bot.errors import BotError
from bot.handlers.ports import Clock, Repository
from bot.handlers.ref_record import RefRecord, delete_record, read_record, write_record


class HeldLease:
    """The lease of a stage that is ours: one thread keeps it alive, any number ask about it."""

    def __init__(  # noqa: PLR0913 - where, which stage, what was taken, and for how long
        self,
        repository: Repository,
        clock: Clock,
        stage: str,
        lease: Lease,
        *,
        lasting: timedelta,
        commit: str,
    ) -> None:
        self._repository = repository
        self._clock = clock
        self._stage = stage
        self._lease = lease
        self._commit = commit
        self._lasting = lasting
        self._unanswered: Lease | None = None
        self._is_lost = False
        self._lock = Lock()

    @property
    def objection(self) -> str:
        """Return why no further write may begin; empty while it may."""
        with self._lock:
            if self._is_lost:
                return f"another run took the lease of {self._stage}"
            if leases.may_begin(self._lease, self._clock.now(), self._lasting):
                return ""
        return f"the lease of {self._stage} could not be renewed"

    def beat(self) -> None:
        """Renew the lease once a third of it is over; whether that worked `objection` tells.

        A renewal that finds somebody else's lease ends ours for good. One that does not get
        through is tried again at the next call, until what is left is too little to write by.
        """
        now = self._clock.now()
        if self._is_lost or not leases.is_due(self._lease, now, self._lasting):
            return
        with suppress(BotError):
            self._renew(leases.until(self._lease, now + self._lasting))

    def give_back(self) -> None:
        """Free the stage.

        Raises:
            BotError: somebody else has it now, or `origin` cannot be asked.
        """
        self._settle()
        delete_record(self._repository, self._ref, self._commit)

    @property
    def _ref(self) -> str:
        return leases.ref_of(self._stage)

    def _renew(self, renewed: Lease) -> None:
        self._settle()
        self._unanswered = renewed
        commit = write_record(
            self._repository,
            self._ref,
            leases.FILE,
            leases.to_json(renewed),
            seen=RefRecord(self._commit, None),
            message=f"Lease of {self._stage}: {renewed.claim}",
            at=self._clock.now(),
        )
        self._unanswered = None
        self._keep(renewed, commit)

    def _settle(self) -> None:
        """Find out whether the renewal that nobody answered has taken effect."""
        if self._unanswered is None:
            return
        found = read_record(self._repository, self._ref, leases.FILE)
        if found.data == leases.to_json(self._unanswered):
            self._keep(self._unanswered, found.commit)
        self._unanswered = None

    def _keep(self, renewed: Lease, commit: str | None) -> None:
        with self._lock:
            if commit is None:
                self._is_lost = True
            else:
                self._lease, self._commit = renewed, commit

"""Holds a stage while it is written to; fails closed whenever it cannot tell who has it."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta

from bot.core.production import lease as leases
from bot.core.production.lease import Lease, Taking
from bot.errors import BotError, UserError
from bot.handlers.held_lease import HeldLease
from bot.handlers.ports import Clock, Repository
from bot.handlers.ref_record import RefRecord, read_record, write_record

IsOver = Callable[[str], bool]
"""Tells whether the run with this page has ended; an unknown one has not."""


class EndUntoldError(BotError):
    """The writes are done, and nobody could be told: the lease stays, so that the next run does."""


def _never(_owner: str) -> bool:
    return False


@contextmanager
def held_lease(  # noqa: PLR0913 - where, which stage, for whom, and for how long
    repository: Repository,
    clock: Clock,
    stage: str,
    *,
    claim: str,
    owner: str,
    lasting: timedelta,
    is_over: IsOver = _never,
    pulls: tuple[int, ...] = (),
) -> Iterator[HeldLease]:
    """Hold the lease of `stage` for the block; the same claim re-enters its own lease at once.

    The block renews what it is given, and asks it before each write. The lease of a run that has
    ended (`is_over`, asked of its `owner`) is taken over: a killed
    apply must not keep the rollback waiting.

    Raises:
        UserError: another claim holds it (`LOCKED`).
        EndUntoldError: as the block raised it; the lease is left behind.
        BotError: the lease is unreadable, or could not be written; or, after a block that ended
            well, somebody else has it now.
    """
    wanted = leases.new_lease(claim, owner, clock.now(), lasting, pulls)
    taken = _take(repository, clock, stage, wanted, is_over)
    held = HeldLease(repository, clock, stage, wanted, lasting=lasting, commit=taken)
    try:
        yield held
    except EndUntoldError:
        raise
    except BaseException:
        with suppress(BotError):  # what the block says matters more; a lease left behind ends
            held.give_back()
        raise
    try:
        held.give_back()
    except BotError as error:
        done = "all that the report says"
        raise BotError(error.what, done=done, undone="giving the lease back") from error


def holder(repository: Repository, clock: Clock, stage: str, *, is_over: IsOver) -> Lease | None:
    """Return the lease of a run that may still write; None where anybody may take the stage.

    One that cannot be read is nobody's: whoever takes the stage is told what to do about it.

    Raises:
        BotError: `origin` cannot be asked.
    """
    existing = _readable(repository, stage)
    if existing is None or not leases.is_in_force(existing, clock.now()):
        return None
    return None if is_over(existing.owner) else existing


def left_behind(
    repository: Repository, clock: Clock, stage: str, *, claim: str, is_over: IsOver = _never
) -> Lease | None:
    """Return the lease of a run that ended without giving it back; None where there is none.

    That is one which `claim` may take now. One that cannot be read is nobody's to take up.

    Raises:
        BotError: `origin` cannot be asked.
    """
    existing = _readable(repository, stage)
    if existing is None:
        return None
    is_held = leases.decide(existing, claim, clock.now()) is Taking.HELD
    return None if is_held and not is_over(existing.owner) else existing


def _readable(repository: Repository, stage: str) -> Lease | None:
    seen = read_record(repository, leases.ref_of(stage), leases.FILE)
    try:
        return leases.from_json(seen.data or b"") if seen.commit else None
    except ValueError:
        return None


def _take(repository: Repository, clock: Clock, stage: str, wanted: Lease, is_over: IsOver) -> str:
    ref = leases.ref_of(stage)
    seen = read_record(repository, ref, leases.FILE)
    existing = _existing(ref, seen)
    taking = leases.decide(existing, wanted.claim, clock.now())
    if existing is not None and taking is Taking.HELD and not is_over(existing.owner):
        raise UserError(leases.held(stage, existing))
    taken = write_record(
        repository,
        ref,
        leases.FILE,
        leases.to_json(wanted),
        seen=seen,
        message=f"Lease of {stage}: {wanted.claim}",
        at=clock.now(),
    )
    if taken is None:
        raise _lost(stage, _existing(ref, read_record(repository, ref, leases.FILE)))
    return taken


def _lost(stage: str, winner: Lease | None) -> BotError | UserError:
    if winner is None:
        return BotError(f"The lease of {stage} changed hands while envbot took it.")
    return UserError(leases.held(stage, winner))


def _existing(ref: str, seen: RefRecord) -> Lease | None:
    if seen.commit is None:
        return None
    try:
        return leases.from_json(seen.data or b"")
    except ValueError as error:
        raise BotError(
            f"`{ref}` holds no lease that envbot can read; delete the ref once no run is writing."
        ) from error

"""Who may write to production now: one ref, taken before the first write.

Azure offers no fencing, which is the residual hole:
a paused owner can still send one late write, which the read-back detects.
"""

import re
from datetime import UTC, datetime, timedelta
from enum import Enum
from typing import Annotated

import msgspec

from bot.core.refusal import Refusal
from bot.core.untrusted import inline

FILE = "lease.json"
LONGEST = timedelta(hours=6)
"""What no lease lasts longer than: a job of GitHub's own runners, and a living one renews."""
_FIRST, _LAST = datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)
_ADDRESS = re.compile(r"https?://[A-Za-z0-9.:/_-]+")


class Lease(msgspec.Struct, frozen=True):
    """One claim on a stage.

    Attributes:
        claim: names one run alone, which finds its own lease again.
        owner: where the owner's log can be read, or which process it is.
        expires_at: from then on anybody may take it.
        pulls: the pull requests that its owner tells how far it is; whoever takes the lease up
            after a crash tells them the end.
    """

    claim: str
    owner: str
    expires_at: Annotated[datetime, msgspec.Meta(tz=True)]
    pulls: tuple[int, ...] = ()


class Taking(Enum):
    """What to do about the lease that is there."""

    TAKE = "take"
    REENTER = "reenter"
    HELD = "held"


def ref_of(stage: str) -> str:
    """Return the ref that holds the lease of a stage."""
    return f"refs/envbot/locks/{stage}"


def new_lease(
    claim: str, owner: str, now: datetime, lasting: timedelta, pulls: tuple[int, ...] = ()
) -> Lease:
    """Return a claim that ends `lasting` from `now`."""
    return Lease(claim, owner, now + lasting, pulls)


def until(lease: Lease, end: datetime) -> Lease:
    """Return the same claim with another end."""
    return msgspec.structs.replace(lease, expires_at=end)


def spare(lasting: timedelta) -> timedelta:
    """Return how far two clocks may differ: what is left of a lease when its owner stops writing.

    It is a third, so that an owner may miss its first renewal and make the second.
    """
    return lasting / 3


def is_due(lease: Lease, now: datetime, lasting: timedelta) -> bool:
    """Tell whether a lease that lasts `lasting` should be renewed: its first third is over."""
    return lease.expires_at - now <= lasting - spare(lasting)


def may_begin(lease: Lease, now: datetime, lasting: timedelta) -> bool:
    """Tell whether its owner may begin another write, while nobody can have taken it over.

    Nobody can whose clock is ahead of the owner's by less than `spare`.
    """
    return lease.expires_at - now > spare(lasting)


def is_in_force(lease: Lease, now: datetime) -> bool:
    """Tell whether a lease keeps others out: it is not over, and a bot can have made it.

    Any writer can write the ref, and must not be able to stop production for ever. How long the
    leases of the one who asks last does not count: its settings may be others than the owner's.
    """
    return now < lease.expires_at <= now + LONGEST + spare(LONGEST)


def decide(existing: Lease | None, claim: str, now: datetime) -> Taking:
    """Return whether `claim` may have the stage: free, over, forged, its own already, or held."""
    if existing is None or not is_in_force(existing, now):
        return Taking.TAKE
    return Taking.REENTER if existing.claim == claim else Taking.HELD


def held(stage: str, existing: Lease) -> Refusal:
    """Return the refusal that names the owner of a lease."""
    until = existing.expires_at.astimezone(UTC).strftime("%Y-%m-%d %H:%M UTC")
    return Refusal(
        code="LOCKED",
        headline=f"another run is writing to {stage}",
        facts=(f"The lease belongs to {inline(existing.claim)} ({_page_of(existing)}).",),
        resolver="the other run, by finishing",
        next=f"Wait for it, or retry after {until}, when its lease ends.",
    )


def _page_of(lease: Lease) -> str:
    """Return where the owner's log is; anything but an address as code, any writer can write it."""
    owner = lease.owner
    return owner if _ADDRESS.fullmatch(owner) else inline(owner) if owner else "no run page"


def to_json(lease: Lease) -> bytes:
    """Return the lease as JSON."""
    return msgspec.json.encode(lease)


def from_json(data: bytes) -> Lease:
    """Return the lease.

    Raises:
        ValueError: the bytes are no lease; an unreadable lease must not read as "free".
    """
    try:
        found = msgspec.json.decode(data, type=Lease)
    except (msgspec.DecodeError, msgspec.ValidationError) as error:
        raise ValueError("not a lease") from error
    return until(found, _in_utc(found.expires_at))


def _in_utc(moment: datetime) -> datetime:
    """Return a time in UTC; the last or the first one where that would be in no year."""
    try:
        return moment.astimezone(UTC)
    except OverflowError:
        return _LAST if moment.year > 1 else _FIRST

"""A fault plan: what goes wrong, and at which of the calls that reach the servers."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from fnmatch import fnmatchcase


class Fault(StrEnum):
    """One thing that can go wrong at a call."""

    KILLED_BEFORE = "killed-before"
    KILLED_UNANSWERED = "killed-unanswered"
    KILLED_AFTER = "killed-after"
    TOO_MANY = "429"
    TOO_MANY_WAIT = "429-wait"
    FAILED = "500"
    FAILED_APPLIED = "500-applied"
    UNAVAILABLE = "503"
    RESET = "reset"
    RESET_APPLIED = "reset-applied"
    TIMEOUT = "timeout"
    TIMEOUT_APPLIED = "timeout-applied"
    UNAUTHORIZED = "401"
    STALE = "stale"
    MALFORMED = "malformed"
    OPERATION_FAILED = "operation-failed"
    OPERATION_STUCK = "operation-stuck"
    OPERATION_GONE = "operation-gone"
    SECOND_WRITER = "second-writer"
    UNDONE = "undone"


KILLS = (Fault.KILLED_BEFORE, Fault.KILLED_UNANSWERED, Fault.KILLED_AFTER)
OPERATIONS = (Fault.OPERATION_FAILED, Fault.OPERATION_STUCK, Fault.OPERATION_GONE)
# At these the service never sees the request.
UNSERVED = frozenset(
    {
        Fault.KILLED_BEFORE,
        Fault.TOO_MANY,
        Fault.TOO_MANY_WAIT,
        Fault.FAILED,
        Fault.UNAVAILABLE,
        Fault.RESET,
        Fault.TIMEOUT,
        Fault.UNAUTHORIZED,
        Fault.STALE,
    }
)
_FOREVER = "+"
# The storage SDK repeats a transfer for minutes, and numbers of calls move from run to run.
_TRANSFER = ".blob.core.windows.net/"


@dataclass(frozen=True, slots=True)
class Place:
    """The `nth` call (from 1) whose `METHOD /path` (or with `?query`) matches a pattern."""

    pattern: str
    nth: int = 1

    def __str__(self) -> str:
        """Return the form that `parse` reads."""
        return f"{self.pattern}#{self.nth}"


@dataclass(frozen=True, slots=True)
class Strike:
    """One fault at one call: its number (from 1), or a place.

    Attributes:
        lasting: every repetition of the call fares the same.
    """

    at: int | Place
    fault: Fault
    lasting: bool = False

    def __str__(self) -> str:
        """Return the form that `parse` reads."""
        return f"{self.at}:{self.fault}{_FOREVER if self.lasting else ''}"


class Plan:
    """Says of each arriving call what happens to it; counts as it is asked."""

    def __init__(self, strikes: Iterable[Strike] = ()) -> None:
        self.strikes = tuple(strikes)
        self._seen = dict.fromkeys(self.strikes, 0)
        self._lasting: dict[str, Fault] = {}

    def __str__(self) -> str:
        """Return the form that `parse` reads."""
        return ",".join(map(str, self.strikes))

    def fault(self, number: int, call: str, query: str = "") -> Fault | None:
        """Return what happens to the call of that number, `call` being its `METHOD /path`."""
        for strike in self.strikes:
            if self._meets(strike, number, (call, f"{call}?{query}")):
                if strike.lasting and _TRANSFER not in call:
                    self._lasting[call] = strike.fault
                return strike.fault
        return self._lasting.get(call)

    def _meets(self, strike: Strike, number: int, names: Iterable[str]) -> bool:
        if isinstance(strike.at, int):
            return strike.at == number
        pattern = strike.at.pattern
        if not any(fnmatchcase(name, pattern) for name in names):
            return False
        self._seen[strike] += 1
        return self._seen[strike] == strike.at.nth


def parse(text: str) -> Plan:
    """Return the plan that `text` writes: `17:503,PUT */deployments/*#2:500-applied+`.

    Raises:
        ValueError: it writes none.
    """
    return Plan(_strike(part) for part in text.split(",") if part)


def _strike(text: str) -> Strike:
    at, _, name = text.rpartition(":")
    pattern, mark, nth = at.rpartition("#")
    place = Place(pattern, int(nth)) if mark else int(at)
    return Strike(place, Fault(name.removesuffix(_FOREVER)), name.endswith(_FOREVER))

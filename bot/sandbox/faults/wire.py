"""Every call between the bot and both servers: numbered, remembered, and struck by a plan."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from threading import RLock

from bot.sandbox.faults.plan import Fault, Plan

GITHUB, AZURE = "github", "azureml"


@dataclass(frozen=True, slots=True)
class WireCall:
    """One call as it arrived.

    Attributes:
        number: counted from 1 over both servers.
        status: what the service answered, also where nobody got that answer; 0 if it was not asked.
    """

    number: int
    server: str
    method: str
    path: str
    query: str
    body: bytes
    fault: Fault | None = None
    status: int = 0

    @property
    def name(self) -> str:
        """Return `METHOD /path`."""
        return f"{self.method} {self.path}"

    @property
    def is_git(self) -> bool:
        """Tell whether git asks, and not an API's client."""
        return self.server == GITHUB and not self.path.startswith(("/api/", "/_services/"))

    @property
    def is_applied(self) -> bool:
        """Tell whether the service did what was asked."""
        return 200 <= self.status < 300  # noqa: PLR2004 - HTTP's classes


Watch = Callable[[WireCall], None]


def _nothing(_call: WireCall) -> None:
    return


def _nobody() -> None:
    return


class Wire:
    """What the servers share; safe to use from several threads.

    Attributes:
        kill: ends the bot's process and returns when it is gone.
        before: called with each call before it is served.
        intrude: writes something as somebody else would.
    """

    def __init__(
        self,
        plan: Plan | None = None,
        *,
        kill: Callable[[], None] = _nobody,
        before: Watch = _nothing,
        intrude: Callable[[], None] = _nobody,
    ) -> None:
        self.plan = plan or Plan()
        self.kill = kill
        self.before = before
        self.intrude = intrude
        self._calls: list[WireCall] = []
        self._lock = RLock()

    @property
    def calls(self) -> Sequence[WireCall]:
        """Return the calls so far, in the order of their arrival."""
        with self._lock:
            return tuple(self._calls)

    def arrive(self, call: WireCall) -> WireCall:
        """Return the call with its number and its fault; it is remembered."""
        with self._lock:
            number = len(self._calls) + 1
            fault = self.plan.fault(number, call.name, call.query)
            numbered = replace(call, number=number, fault=fault)
            self._calls.append(numbered)
        self.before(numbered)
        return numbered

    def served(self, call: WireCall, status: int) -> None:
        """Remember what the service answered."""
        with self._lock:
            self._calls[call.number - 1] = replace(call, status=status)

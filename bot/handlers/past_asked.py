"""Reads what main has asked of circuits, one change after the other, newest first."""

from collections.abc import Collection, Iterator, Sequence
from functools import cache, lru_cache, partial
from itertools import chain, islice

from bot.core.config.circuit import CircuitConfig, CircuitId, circuit_path, read_circuit
from bot.core.config.platform import Platform, read_platform
from bot.core.production.asked import Asked, Blobs, Past, asked_of
from bot.core.production.deployment import DesiredDeployment
from bot.core.production.desired import desired_deployments
from bot.core.production.parts import Part, last_changed
from bot.core.tree import REGULAR, File
from bot.errors import InvalidFileError
from bot.handlers.context import PLATFORM
from bot.handlers.ports import Repository

FIRST_LOOK = 2
"""How many changes of a circuit settle all but drift, missed applies and what stayed for long."""

# Circuits that are read at once: a release changes all of them, and main has many releases.
_AT_ONCE = 2_000
_FURTHER_BACK_AT_ONCE = 1_000
_REMEMBERED = 8  # configs of the circuit that is looked at


def read_past(
    repository: Repository, main: str, circuits: Sequence[CircuitId], most: int | None
) -> Iterator["PastAsked"]:
    """Yield what main asked in the newest `most` changes of each circuit; None reads them all.

    Thousands of circuits come at once, fewer of them from further back, so that no fleet fills the
    memory; each time takes three processes of git.
    """
    size = _AT_ONCE if most == FIRST_LOOK else _FURTHER_BACK_AT_ONCE
    for start in range(0, len(circuits), size):
        some = circuits[start : start + size]
        paths = [circuit_path(one) for one in some]
        changes = repository.newest_changes(main, paths, PLATFORM, most)
        past = Past(changes, PLATFORM, repository.tree_id(main, PLATFORM))
        yield PastAsked(repository, past, some, most)


class PastAsked:
    """What main asked of some circuits, as far back as it was read.

    A file that cannot be read asks nothing.

    Attributes:
        circuits: those it was read for.
    """

    def __init__(
        self, repository: Repository, past: Past, circuits: Sequence[CircuitId], most: int | None
    ) -> None:
        self.circuits = circuits
        self._most = most
        self._steps = {one: tuple(islice(past.steps(circuit_path(one)), most)) for one in circuits}
        steps = chain.from_iterable(self._steps.values())
        sides = (side for step in steps for side in (step.before, step.after))
        self._blobs = repository.blobs({oid for side in sides for oid in side if oid})
        self._platform = cache(self._read_platform)
        self._config = lru_cache(maxsize=_REMEMBERED)(self._read_config)

    def is_whole(self, circuit: CircuitId) -> bool:
        """Tell whether nothing of the circuit was left unread."""
        return self._most is None or len(self._steps[circuit]) < self._most

    def asked(self, circuit: CircuitId) -> tuple[Asked, ...]:
        """Return what was asked of the circuit, newest first."""

        def desired(blobs: Blobs) -> DesiredDeployment | None:
            platform, config = self._platform(blobs.platform), self._config(circuit, blobs.config)
            if platform is None or config is None:
                return None
            return desired_deployments([config], platform)[0]

        return asked_of(self._steps[circuit], desired)

    def last_changed(self, circuit: CircuitId, wanted: Collection[Part]) -> dict[Part, str]:
        """Return the commits that last changed `wanted`, and what changed since, newest first."""
        return last_changed(self._steps[circuit], partial(self._config, circuit), wanted)

    def _read_platform(self, oid: str) -> Platform | None:
        try:
            return read_platform(self._blobs[oid]) if oid else None
        except InvalidFileError:
            return None

    def _read_config(self, circuit: CircuitId, oid: str) -> CircuitConfig | None:
        if not oid:
            return None
        try:
            return read_circuit(File(circuit_path(circuit), REGULAR, oid, self._blobs[oid]))
        except InvalidFileError:
            return None

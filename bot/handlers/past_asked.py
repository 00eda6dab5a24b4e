"""Reads what main has asked of circuits, one change after the other, newest first."""

from collections.abc import Collection
from functools import cache, partial
from itertools import chain, islice

from bot.core.config.circuit import CircuitConfig, CircuitId, circuit_path, read_circuit
from bot.core.config.layout import PLANTS
from bot.core.config.platform import Platform, read_platform
from bot.core.production.asked import Asked, Blobs, Past, asked_of
from bot.core.production.deployment import DesiredDeployment
from bot.core.production.desired import desired_deployments
from bot.core.production.parts import Part, last_changed
from bot.core.tree import REGULAR, File
from bot.errors import InvalidFileError
from bot.handlers.context import PLATFORM
from bot.handlers.ports import Repository

# With more paths than this, git is faster without being told them.
_FEW = 100


def read_history(repository: Repository, main: str, circuits: Collection[CircuitId]) -> Past:
    """Return which blobs the platform and the configs of `circuits` had on main; one process."""
    paths = [circuit_path(one) for one in circuits] if len(circuits) <= _FEW else [PLANTS]
    return Past(repository.file_changes(main, [*paths, PLATFORM]), PLATFORM)


class PastAsked:
    """What main asked of some circuits; every blob of it is read at once.

    A file that cannot be read asks nothing.
    """

    def __init__(
        self, repository: Repository, past: Past, circuits: Collection[CircuitId], most: int | None
    ) -> None:
        """Read `most` changes of each circuit, the newest; None reads them all."""
        self._most = most
        self._steps = {one: tuple(islice(past.steps(circuit_path(one)), most)) for one in circuits}
        steps = chain.from_iterable(self._steps.values())
        sides = (side for step in steps for side in (step.before, step.after))
        self._blobs = repository.blobs({oid for side in sides for oid in side if oid})
        self._platform = cache(self._read_platform)

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

    def _config(self, circuit: CircuitId, oid: str) -> CircuitConfig | None:
        if not oid:
            return None
        try:
            return read_circuit(File(circuit_path(circuit), REGULAR, oid, self._blobs[oid]))
        except InvalidFileError:
            return None

"""Writing a fleet's deployments: against bare requests, against latency, against processes."""

import gc
import os
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING
from unittest.mock import patch

from benchmarks.measure import Case, Side
from benchmarks.process import output
from benchmarks.scale import Scale
from bot.sandbox.process import start
from bot.sandbox.world import sample_platform

if TYPE_CHECKING:
    from benchmarks.deployed import Deployed
    from bot.sandbox.azureml.control import Control

THREADS = 8
WORKERS = 16
LATENCY = 0.05
# A PUT, and one look at how it ended: what no client can do without.
_LEAST_CALLS = 2
_FEW = 3
_ONE_UPDATE = Path(__file__).with_name("one_update.py")


def cases(scale: Scale, folder: Path) -> Iterator[Case]:
    """Yield the cases while a sandbox server runs; none without the sandbox's packages."""
    if not find_spec("uvicorn"):
        return
    from benchmarks.deployed import Deployed, seed
    from bot.sandbox.azureml.client_environment import environment_variables
    from bot.sandbox.azureml.control import Control

    gc.set_threshold(100_000)  # as envbot's own start does
    platform = sample_platform()
    for name, count in (("near", scale.writes), ("far", scale.applies)):
        state = folder / name
        state.mkdir()
        seed(state, platform, count)
        server = start("bot.sandbox.azureml", state, "azureml.json", "--port", "0")
        try:
            with patch.dict(os.environ, environment_variables(state, public_hosts=False)):
                if name == "near":
                    yield _near(Deployed(server, platform, THREADS), count)
                else:
                    yield from _far(Deployed(server, platform, WORKERS), Control(state), count)
        finally:
            server.stop()


def _near(deployments: "Deployed", size: int) -> Case:
    expected = deployments.standing(everywhere=True)
    return Case(
        name=f"write_all, {THREADS} workers",
        size=size,
        ours=_writes(deployments, expected),
        yardstick=Side(
            name="bare PUTs, same threads",
            run=deployments.put,
            digest=lambda _: deployments.standing(),
            expected=expected,
            prepare=deployments.plan_puts,
        ),
        counts=lambda: f"{deployments.requests_of_an_update():g} requests a deployment, bare 1",
    )


def _far(deployments: "Deployed", sandbox: "Control", size: int) -> Iterator[Case]:
    """Yield an apply to a service far away against the latency of its calls, and two others."""
    name = f"write_all, {WORKERS} workers, {LATENCY * 1000:g} ms a call"
    ours = _writes(deployments, deployments.standing(everywhere=True))
    calls = round(deployments.requests_of_an_update())
    sandbox.script(latency=LATENCY)
    counts = f"{calls} requests a deployment"
    yield Case(name, size, ours, _waiting(f"latency of its {calls} calls", calls, size), str)
    yield Case(name, size, ours, _waiting("latency of PUT + poll", _LEAST_CALLS, size), str)
    few = min(_FEW, max(1, size // 16))
    loop = f"a process for each, {few} run, times {size / few:.3g}"
    yield Case(name, size, ours, _processes(loop, deployments, few, size), lambda: counts)


def _writes(deployments: "Deployed", expected: str) -> Side[None]:
    return Side(
        name="write_all",
        run=deployments.update,
        digest=lambda _: deployments.standing(),
        expected=expected,
        prepare=deployments.plan_updates,
    )


def _waiting(name: str, calls: int, size: int) -> Side[int]:
    """Return a side that only waits, as long as `calls` for each deployment take on their way."""

    def wait(_number: int) -> None:
        for _ in range(calls):
            time.sleep(LATENCY)

    def run() -> int:
        with ThreadPoolExecutor(WORKERS) as pool:
            return len(list(pool.map(wait, range(size))))

    return Side(name, run, digest=str, expected=str(size))


@dataclass(frozen=True, slots=True)
class _Extrapolated(Side[str]):
    """A side that does a share of the work, and is said to take as much longer for all of it."""

    factor: float = 1.0

    def seconds(self) -> float:
        """Run once and return the wall time of all the work."""
        # Without `super()`: a dataclass with slots is another class than the one written here.
        return Side.seconds(self) * self.factor


def _processes(name: str, deployments: "Deployed", few: int, size: int) -> Side[str]:
    """Return the loop of the strategy's pipeline: one process of the SDK after the other."""

    def run() -> str:
        wanted, place = deployments.environment_id, deployments.workspace
        for endpoint, deployment in deployments.names[:few]:
            output([sys.executable, str(_ONE_UPDATE), *place, endpoint, deployment, wanted])
        deployments.turn_back()
        return "written"

    return _Extrapolated(
        name, run, str, "written", prepare=deployments.plan_updates, factor=size / few
    )

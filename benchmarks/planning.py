"""The plan, against the least that could find the same differences, and against itself."""

import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.corpus import NEXT_VERSION, OTHER_VERSION, VERSION, circuit_ids
from benchmarks.measure import Case, Side
from benchmarks.process import output
from benchmarks.scale import Scale
from bot.core.canonical import digest
from bot.core.config.circuit import CircuitConfig, CircuitId, circuit_path
from bot.core.config.platform import Platform
from bot.core.config.platform_file import Quotas
from bot.core.production.deployment import DesiredDeployment, LiveDeployment
from bot.core.production.desired import desired_deployments
from bot.core.production.plan import Known, Limits, Plan, make_plan
from bot.sandbox.world import sample_platform

UNLIMITED = Limits(100, Quotas(*[10**6] * 3))


def cases(scale: Scale, folder: Path) -> Iterator[Case]:
    """Yield a case for either size, and the growth from the first to the second."""
    del folder
    small, large = (_fleet(size) for size in scale.plans)
    yield _against_a_dict(small)
    yield _against_a_dict(large)
    yield Case(
        name="make_plan, growth",
        size=len(large.live),
        ours=_plan_side(large),
        yardstick=_plan_side(small),
        counts=lambda: (
            f"a process with it peaks at {peak_memory(len(large.live))} MB, "
            f"with the Azure SDK at {peak_memory(len(large.live), '--sdk')} MB"
        ),
    )


def live_deployments(size: int) -> list[LiveDeployment]:
    """Return the deployments of a fleet; nine in ten are not at NEXT_VERSION."""
    platform = sample_platform()
    return [_live(platform, number, circuit) for number, circuit in enumerate(circuit_ids(size))]


def peak_memory(size: int, *options: str) -> int:
    """Return the peak in MB of a process of its own that makes and shows such a plan."""
    return int(output([sys.executable, "-m", "benchmarks.memory", str(size), *options]))


@dataclass(frozen=True, slots=True)
class _Fleet:
    """Every circuit as it is wanted and as it is; nine in ten differ."""

    desired: Sequence[DesiredDeployment]
    live: Sequence[LiveDeployment]


def _against_a_dict(fleet: _Fleet) -> Case:
    return Case(
        name="make_plan",
        size=len(fleet.live),
        ours=_plan_side(fleet),
        yardstick=Side("dict by name + ==", lambda: _compare(fleet), digest, _moving(fleet)),
    )


def _plan_side(fleet: _Fleet) -> Side[Plan]:
    return Side(
        name=f"make_plan of {len(fleet.live):,}",
        run=lambda: make_plan(fleet.desired, fleet.live, known=Known(), limits=UNLIMITED),
        digest=lambda plan: digest([action.key for action in plan.updates]),
        expected=_moving(fleet),
    )


def _compare(fleet: _Fleet) -> list[tuple[str, str]]:
    live = {item.key: item.environment_id for item in fleet.live}
    return sorted(item.key for item in fleet.desired if item.environment_id != live[item.key])


def _moving(fleet: _Fleet) -> str:
    """Return what both must find: all but the circuits that already are where they should be."""
    keys = sorted(item.key for number, item in enumerate(fleet.desired) if _moves(number))
    return digest(keys)


def _moves(number: int) -> bool:
    return number % 10 != 0


def _fleet(size: int) -> _Fleet:
    platform = sample_platform()
    circuits = circuit_ids(size)
    wanted = desired_deployments((_config(circuit) for circuit in circuits), platform)
    return _Fleet(wanted, live_deployments(size))


def _config(circuit: CircuitId) -> CircuitConfig:
    return CircuitConfig(circuit, circuit_path(circuit), NEXT_VERSION, None, None)


def _live(platform: Platform, number: int, circuit: CircuitId) -> LiveDeployment:
    version = (VERSION if number % 40 else OTHER_VERSION) if _moves(number) else NEXT_VERSION
    workspace = platform.stages["production"]
    return LiveDeployment(
        endpoint=platform.endpoint_name(circuit),
        deployment=platform.deployment_name(circuit),
        environment_id=platform.registry_environment_id(platform.names.environment, version),
        model_id=f"azureml://workspaces/{workspace.workspace}/models/"
        f"{platform.model_name(circuit)}/versions/5",
        tags={"envbot_release": VERSION},
        provisioning_state="Succeeded",
        kind="model",
        rest_digest=f"{number:064x}",
    )

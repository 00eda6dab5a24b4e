"""The fleet as it is beside what git asks of it."""

from collections.abc import Callable, Mapping

import pytest

from bot.core.config.circuit import CircuitConfig, CircuitId, read_fleet
from bot.core.config.platform import Platform, read_platform
from bot.core.production.deployment import LiveDeployment
from bot.core.production.desired import desired_deployments
from bot.core.production.fleet_status import FleetStatus, fleet_status
from bot.core.production.plan import ActionKind, Known, Limits, make_plan
from bot.core.tree import Tree

MakeTree = Callable[[Mapping[str, str | bytes]], Tree]


@pytest.fixture
def platform(sample: dict[str, bytes]) -> Platform:
    return read_platform(sample["config/platform.yml"])


@pytest.fixture
def circuits(sample: dict[str, bytes], make_tree: MakeTree) -> Mapping[CircuitId, CircuitConfig]:
    """Return three circuits at 1.5.0, the production of the last one pinned there."""
    last = "config/plants/P002/C001.yml"
    pinned = sample[last] + b'deployment:\n  environment_version: "1.5.0"\n'
    return read_fleet(make_tree({**sample, last: pinned})).circuits


def live(platform: Platform, circuit: CircuitId, version: str) -> LiveDeployment:
    return LiveDeployment(
        endpoint=platform.endpoint_name(circuit),
        deployment=platform.deployment_name(circuit),
        environment_id=platform.registry_environment_id("custom-tf-env", version),
        model_id="azureml:/subscriptions/s/models/sensor/versions/5",
        tags={},
        provisioning_state="Succeeded",
        kind="model",
        rest_digest="d",
    )


def status(
    platform: Platform, circuits: Mapping[CircuitId, CircuitConfig], found: list[LiveDeployment]
) -> FleetStatus:
    desired = desired_deployments(circuits.values(), platform)
    plan = make_plan(desired, found, known=Known(), limits=Limits(100))
    return fleet_status(plan, circuits)


def test_a_fleet_that_runs_what_git_asks_has_converged(
    platform: Platform, circuits: Mapping[CircuitId, CircuitConfig]
) -> None:
    found = status(platform, circuits, [live(platform, one, "1.5.0") for one in circuits])

    assert found.converged
    assert found.versions == {"custom-tf-env:1.5.0": 3}
    assert [str(one.circuit) for one in found.circuits] == ["P001/C001", "P001/C002", "P002/C001"]
    assert [one.pinned for one in found.circuits] == [False, False, True]
    assert found.orphans == 0


def test_what_differs_is_told_apart_and_counted(
    platform: Platform, circuits: Mapping[CircuitId, CircuitConfig]
) -> None:
    first, second, _ = circuits
    unknown = CircuitId("P009", "C009")

    found = status(
        platform,
        circuits,
        [
            live(platform, first, "1.4.0"),
            live(platform, second, "1.5.0"),
            live(platform, unknown, "1.4.0"),
        ],
    )

    assert not found.converged
    assert [one.state for one in found.circuits] == [
        ActionKind.UPDATE,
        ActionKind.UNCHANGED,
        ActionKind.MISSING,
    ]
    assert [one.runs for one in found.circuits] == [
        "custom-tf-env:1.4.0",
        "custom-tf-env:1.5.0",
        "none",
    ]
    assert {one.wants for one in found.circuits} == {"1.5.0"}
    assert found.orphans == 1


def test_the_most_frequent_version_comes_first(
    platform: Platform, circuits: Mapping[CircuitId, CircuitConfig]
) -> None:
    first, *others = circuits

    found = status(
        platform,
        circuits,
        [live(platform, first, "1.4.0"), *(live(platform, one, "1.5.0") for one in others)],
    )

    assert list(found.versions.items()) == [("custom-tf-env:1.5.0", 2), ("custom-tf-env:1.4.0", 1)]


def test_a_fleet_of_nobody_has_converged(platform: Platform) -> None:
    assert status(platform, {}, []) == FleetStatus((), 0)
    assert FleetStatus((), 0).converged

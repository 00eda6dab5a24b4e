"""The fleet as it is beside what git asks of it."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from bot.core.config.circuit import CircuitConfig, CircuitId, read_fleet
from bot.core.config.platform import Platform, read_platform
from bot.core.production.deployment import LiveDeployment
from bot.core.production.desired import desired_deployments
from bot.core.production.fleet_status import (
    FleetStatus,
    State,
    circuit_statuses,
    orphans,
)
from bot.core.production.plan import ActionKind, Known, Limits, make_plan
from bot.core.production.plant_status import plants, unlike_plants
from bot.core.tree import Tree

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
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
    return FleetStatus(circuit_statuses(plan, circuits), "main", NOON, orphans=orphans(plan))


def test_a_fleet_that_runs_what_git_asks_has_converged(
    platform: Platform, circuits: Mapping[CircuitId, CircuitConfig]
) -> None:
    found = status(platform, circuits, [live(platform, one, "1.5.0") for one in circuits])

    assert found.converged
    assert found.versions == {"custom-tf-env:1.5.0": 3}
    assert [str(one.circuit) for one in found.circuits] == ["P001/C001", "P001/C002", "P002/C001"]
    assert [one.pinned for one in found.circuits] == [False, False, True]
    assert found.orphans == ()


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
        State.WAITING,
        State.AS_ASKED,
        State.MISSING,
    ]
    assert [one.runs for one in found.circuits] == [
        "custom-tf-env:1.4.0",
        "custom-tf-env:1.5.0",
        "none",
    ]
    assert {one.wants for one in found.circuits} == {"1.5.0"}
    assert found.orphans == ("batch-endpoint-plant-P009/deployment-circuit-C009",)


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
    found = status(platform, {}, [])

    assert found.circuits == ()
    assert found.converged


@pytest.mark.parametrize(
    ("provisioning", "state"),
    [
        ("Failed", State.FAILING),
        ("Canceled", State.FAILING),
        ("Updating", State.IN_PROGRESS),
        ("Succeeded", State.WAITING),
    ],
)
def test_what_azure_says_of_the_last_update_goes_before_what_git_asks(
    platform: Platform,
    circuits: Mapping[CircuitId, CircuitConfig],
    provisioning: str,
    state: State,
) -> None:
    first, *_ = circuits
    behind = replace(live(platform, first, "1.4.0"), provisioning_state=provisioning)

    assert status(platform, circuits, [behind]).circuits[0].state is state


@pytest.mark.parametrize("kind", ActionKind)
def test_every_kind_of_action_on_a_circuit_is_a_state(
    platform: Platform, circuits: Mapping[CircuitId, CircuitConfig], kind: ActionKind
) -> None:
    first, *_ = circuits
    desired = desired_deployments([circuits[first]], platform)
    plan = make_plan(desired, [live(platform, first, "1.5.0")], known=Known(), limits=Limits(100))
    changed = replace(plan, actions=(replace(plan.actions[0], kind=kind),))

    if kind is ActionKind.ORPHAN:  # no circuit is one
        assert len(orphans(changed)) == 1
    else:
        assert circuit_statuses(changed, circuits)[0].state in State


def test_plants_with_several_versions_are_unlike_and_the_worst_come_first(
    platform: Platform, circuits: Mapping[CircuitId, CircuitConfig]
) -> None:
    first, second, third = circuits
    found = status(
        platform,
        circuits,
        [
            live(platform, first, "1.5.0"),
            live(platform, second, "1.4.0"),
            replace(live(platform, third, "1.5.0"), provisioning_state="Failed"),
        ],
    )

    assert [(one.plant, one.unlike, one.urgent) for one in plants(found)] == [
        ("P001", 1, 0),
        ("P002", 1, 1),
    ]
    assert [one.plant for one in unlike_plants(found)] == ["P002", "P001"]

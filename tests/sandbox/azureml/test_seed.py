from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from azure.ai.ml import MLClient

from bot.core.config.circuit import CircuitConfig, CircuitId, circuit_path
from bot.core.config.platform import Platform, read_platform
from bot.core.environment import env_digest, read_environment
from bot.core.tree import REGULAR, File, Tree
from bot.sandbox.azureml.ids import Scope
from bot.sandbox.azureml.seed import FleetSeed, seed_fleet
from bot.sandbox.azureml.store import Store

PLATFORM = b"""
subscription_id: 00000000-0000-0000-0000-0000000000{number}
location: canadacentral
stages:
  dev: {{resource_group: rg-dev, workspace: seeded-dev-{number}}}
  test: {{resource_group: rg-test, workspace: seeded-test-{number}}}
  production: {{resource_group: rg-prod, workspace: seeded-prod-{number}}}
registry: seeded-registry-{number}
test: {{compute: test-cluster, sample_data: "azureml:sample:1"}}
"""
ENVIRONMENT = b"""
name: custom-tf-env
version: "1.5.0"
build: {path: ., dockerfile_path: Dockerfile}
tags: {requires_retrain: "false"}
"""
PLANTS, CIRCUITS = 24, 200


def platform(number: int) -> Platform:
    return read_platform(PLATFORM.decode().format(number=number).encode())


def tree() -> Tree:
    contents = {
        "environment/environment.yml": ENVIRONMENT,
        "environment/Dockerfile": b"FROM base@sha256:1\n",
    }
    return {path: File(path, REGULAR, f"oid of {path}", data) for path, data in contents.items()}


def circuit(number: int, **changes: Any) -> CircuitConfig:
    named = CircuitId(f"P{number % PLANTS + 1:03}", f"C{number // PLANTS + 1:03}")
    values = {"training_version": "1.5.0", "deployment_version": None, "model_version": None}
    return CircuitConfig(named, circuit_path(named), **{**values, **changes})


def seed(at: Platform, *circuits: CircuitConfig) -> FleetSeed:
    files = tree()
    return FleetSeed(at, circuits, read_environment(files), files, ("batch-cluster",))


@pytest.fixture
def open_client(azure: Any) -> Callable[[Platform, str], MLClient]:
    def make(at: Platform, stage: str) -> MLClient:
        place = at.stages[stage]
        return MLClient(
            azure.credential(),
            at.subscription_id,
            place.resource_group,
            place.workspace,
            enable_telemetry=False,
        )

    return make


def deployments(client: MLClient) -> list[Any]:
    endpoints = [endpoint.name for endpoint in client.batch_endpoints.list()]
    return [found for name in endpoints for found in client.batch_deployments.list(name)]


def test_a_fleet_seeded_while_the_server_runs_is_seen_whole(
    azure: Any, open_client: Callable[..., MLClient]
) -> None:
    at = platform(10)

    seed_fleet(azure.server.state, seed(at, *map(circuit, range(CIRCUITS))))

    found = deployments(open_client(at, "production"))
    shared = "azureml://registries/seeded-registry-10/environments/custom-tf-env/versions/1.5.0"
    assert len({each.endpoint_name for each in found}) == PLANTS
    assert len(found) == CIRCUITS
    assert {each.environment for each in found} == {shared}
    assert {each.provisioning_state for each in found} == {"Succeeded"}


@pytest.mark.parametrize(
    "setting",
    [
        pytest.param(lambda each: each.mini_batch_size, id="mini batch size"),
        pytest.param(lambda each: each.resources.instance_count, id="instance count"),
        pytest.param(lambda each: each.logging_level, id="logging level"),
        pytest.param(lambda each: each.environment_variables["SEQUENCE_LENGTH"], id="variables"),
        pytest.param(lambda each: each.tags["owner"], id="tags"),
        pytest.param(lambda each: each.model, id="model"),
    ],
)
def test_circuits_differ_in_their_settings(
    azure: Any, open_client: Callable[..., MLClient], setting: Callable[[Any], Any]
) -> None:
    at = platform(11)
    seed_fleet(azure.server.state, seed(at, *map(circuit, range(PLANTS))))

    assert len({setting(each) for each in deployments(open_client(at, "production"))}) > 1


def test_a_seeded_deployment_can_be_written_back_as_it_is(
    azure: Any, open_client: Callable[..., MLClient]
) -> None:
    at = platform(12)
    seed_fleet(azure.server.state, seed(at, circuit(0)))
    production = open_client(at, "production")
    deployment = deployments(production)[0]
    before = azure.send("GET", deployment.id).json()

    production.batch_deployments.begin_create_or_update(deployment).result()

    after = azure.send("GET", deployment.id).json()
    assert {**after, "systemData": None} == {**before, "systemData": None}


def test_a_circuit_runs_its_own_versions(azure: Any, open_client: Callable[..., MLClient]) -> None:
    at = platform(13)
    held = circuit(0, training_version="2.0.0", deployment_version="1.4.2", model_version="7")

    seed_fleet(azure.server.state, seed(at, held, circuit(1)))

    found = deployments(open_client(at, "production"))
    versions = [each.environment.rpartition("/")[2] for each in found]
    assert versions == ["1.4.2", "1.5.0"]
    assert found[0].model.endswith("/models/sensor_model_P001_C001/versions/7")


def test_the_environment_is_in_dev_under_its_digest(
    azure: Any, open_client: Callable[..., MLClient]
) -> None:
    at = platform(14)

    seed_fleet(azure.server.state, seed(at, circuit(0)))

    found = open_client(at, "dev").environments.get("custom-tf-env", "1.5.0")
    assert found.tags == {"requires_retrain": "false", "env_digest": env_digest(tree())}
    assert found.build.dockerfile_path == "Dockerfile"


def test_seeding_again_before_a_server_runs_changes_nothing(tmp_path: Path) -> None:
    fleet = seed(platform(15), circuit(0), circuit(1))
    seed_fleet(tmp_path, fleet)
    first = contents(tmp_path)

    seed_fleet(tmp_path, fleet)

    assert contents(tmp_path) == first


def contents(state: Path) -> list[Any]:
    at = platform(15)
    place = at.stages["production"]
    scope = Scope(at.subscription_id, place.resource_group, "workspaces", place.workspace)
    store = Store(state)
    found = store.members(scope.key("batchEndpoints"))
    found += store.members(scope.key("batchEndpoints", "batch-endpoint-plant-P001", "deployments"))
    store.close()
    return [{**body, "systemData": None} for body in found]

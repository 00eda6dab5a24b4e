"""A fleet in the store, as if it had been deployed long ago: the starting point of the story."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from bot.core.config.circuit import CircuitConfig
from bot.core.config.platform import Platform
from bot.core.config.promotion import RECREATE
from bot.core.environment import EnvironmentSpec, env_digest
from bot.core.tree import Tree, subtree
from bot.sandbox.azureml.asset_kinds import KINDS
from bot.sandbox.azureml.assets import add_version
from bot.sandbox.azureml.blob import ROOT
from bot.sandbox.azureml.compute import leave_files
from bot.sandbox.azureml.exchange import Json
from bot.sandbox.azureml.ids import Scope
from bot.sandbox.azureml.registry import RegistrySpec, add_registry
from bot.sandbox.azureml.roles import DEV, OPERATOR, STAGES
from bot.sandbox.azureml.seed_deployment import DRIVER, Circuit, deployment, endpoint
from bot.sandbox.azureml.store import Store
from bot.sandbox.azureml.workspaces import BLOB_STORE, WorkspaceSpec, add_workspace, container

REGISTRY_GROUP = "rg-aml-registry"
# An environment is called this; models carry it as a tag of the same name.
MODEL_TAG = "environment_version"
DEFAULT_MODEL_VERSION = "1"
_HERE = "https://127.0.0.1"


@dataclass(frozen=True, slots=True)
class FleetSeed:
    """What the sandbox's Azure begins with.

    Attributes:
        platform: where the stages are.
        circuits: one deployment each, on its production version.
        environment: registered in dev and in the registry under every version that is in use.
        files: the commit's files; the environment's build context is taken from them.
        computes: names of the clusters that every workspace has.
    """

    platform: Platform
    circuits: tuple[CircuitConfig, ...]
    environment: EnvironmentSpec
    files: Tree
    computes: tuple[str, ...]


def seed_fleet(state: Path, seed: FleetSeed) -> None:
    """Write the fleet into the store below `state`; the same seed again changes no content.

    Safe before the server starts and while it runs: everything appears at once.
    """
    store = Store(state)
    try:
        with store.transaction():
            _write(store, seed)
    finally:
        store.close()


def _write(store: Store, seed: FleetSeed) -> None:
    places = _places(store, seed)
    registries = _registries(store, seed.platform)
    kept = [places["dev"], *registries.values()]
    if seed.platform.promotion.registry_to_production == RECREATE:
        kept.append(places["production"])
    versions = {seed.environment.version, *(each.production_version for each in seed.circuits)}
    for version in sorted(versions):
        for scope in kept:
            _environment(store, scope, seed, version)
    driver = _driver(store, places["production"])
    for circuit in sorted(seed.circuits, key=lambda each: each.id):
        _models(store, places.values(), seed.platform, circuit)
        _circuit(store, places["production"], seed, circuit, driver)


def _registries(store: Store, platform: Platform) -> Mapping[str, Scope]:
    return {
        place: add_registry(
            store,
            RegistrySpec(
                platform.subscription_id,
                REGISTRY_GROUP,
                platform.registry_at(place),
                platform.location,
            ),
        )
        for place in platform.places
        if place != DEV
    }


def _places(store: Store, seed: FleetSeed) -> Mapping[str, Scope]:
    platform = seed.platform
    named = {platform.test.compute, platform.dev.compute or platform.test.compute}
    computes = tuple(sorted({*named, *seed.computes}))
    return {
        stage: add_workspace(
            store,
            WorkspaceSpec(
                subscription=platform.subscription_id,
                group=platform.stages[stage].resource_group,
                name=platform.stages[stage].workspace,
                stage=stage,
                location=platform.location,
                computes=computes,
            ),
        )
        for stage in STAGES
    }


def _environment(store: Store, scope: Scope, seed: FleetSeed, version: str) -> None:
    spec, digest = seed.environment, env_digest(seed.files)
    conda = seed.files[spec.conda_path].data.decode() if spec.conda_path else None
    sent: Json = {
        "description": spec.description,
        "tags": {**spec.tags, "env_digest": digest} if version == spec.version else {},
        "image": spec.image,
        "condaFile": conda,
        "osType": spec.os_type.capitalize(),
        "inferenceConfig": spec.inference_config,
    }
    if spec.build:
        uri = _upload(
            store, scope, subtree(seed.files, spec.build.folder), spec.build.folder, digest
        )
        sent["build"] = {"contextUri": uri, "dockerfilePath": spec.build.dockerfile_path}
    kind = KINDS["environments"]
    add_version(store, scope, kind, (spec.name, version), kind.prepare(sent), client=OPERATOR)


def _upload(store: Store, scope: Scope, files: Tree, folder: str, digest: str) -> str:
    """Store files as the SDK would upload them and return the address of their folder."""
    place = f"{container(scope, BLOB_STORE)}/LocalUpload/{digest}/{folder}"
    content = {path.removeprefix(f"{folder}/"): file.data for path, file in files.items()}
    leave_files(store, place, content)
    return f"{_HERE}{ROOT}/{place}/"


def _driver(store: Store, scope: Scope) -> str:
    digest = hashlib.sha256(DRIVER.encode()).hexdigest()
    place = f"{container(scope, BLOB_STORE)}/LocalUpload/{digest}/deployment"
    leave_files(store, place, {"batch_driver.py": DRIVER})
    sent: Json = {
        "codeUri": f"{_HERE}{ROOT}/{place}",
        "properties": {"hash_sha256": digest, "hash_version": "202208"},
        "isAnonymous": True,
    }
    kind = KINDS["codes"]
    named = ("score-driver", "1")
    body = add_version(store, scope, kind, named, kind.prepare(sent), client=OPERATOR)
    return str(body["id"])


def _models(
    store: Store, scopes: Iterable[Scope], platform: Platform, circuit: CircuitConfig
) -> None:
    name, version = platform.model_name(circuit.id), _model_version(circuit)
    kind = KINDS["models"]
    for scope in scopes:
        uri = (
            f"azureml://subscriptions/{scope.subscription}/resourceGroups/{scope.group}/workspaces"
            f"/{scope.name}/datastores/{BLOB_STORE}/paths/models/{name}/{version}"
        )
        sent: Json = {
            "modelUri": uri,
            "modelType": "custom_model",
            "tags": {MODEL_TAG: circuit.training_version},
            "description": f"Sensor model of {circuit.id}",
        }
        add_version(store, scope, kind, (name, version), kind.prepare(sent), client=OPERATOR)


def _model_version(circuit: CircuitConfig) -> str:
    return circuit.model_version or DEFAULT_MODEL_VERSION


def _circuit(
    store: Store, scope: Scope, seed: FleetSeed, circuit: CircuitConfig, driver: str
) -> None:
    platform = seed.platform
    at = scope.key("batchEndpoints", platform.endpoint_name(circuit.id))
    store.put(at, scope.key("batchEndpoints"), endpoint(at, circuit.id.plant, platform.location))
    version = circuit.production_version
    facts = Circuit(
        id=circuit.id,
        environment=platform.environment_id("production", seed.environment.name, version),
        model=scope.asset_id("models", platform.model_name(circuit.id), _model_version(circuit)),
        code=driver,
        compute=scope.key("computes", _compute(seed, circuit)),
        location=platform.location,
    )
    key = f"{at}/deployments/{platform.deployment_name(circuit.id)}"
    store.put(key, f"{at}/deployments", deployment(key, facts))


def _compute(seed: FleetSeed, circuit: CircuitConfig) -> str:
    digest = hashlib.sha256(json.dumps(circuit.id).encode()).digest()
    return seed.computes[digest[0] % len(seed.computes)]

"""Production as Azure's own REST interface shows it, read and changed behind the bot's back."""

from collections.abc import Mapping
from typing import Any, Self

import requests

from bot.core.config.platform import Platform
from bot.sandbox.azureml.client_environment import environment_variables
from bot.sandbox.azureml.seed import REGISTRY_GROUP
from bot.sandbox.world import World, sample_platform

_API = {"api-version": "2024-01-01-preview"}
_TIMEOUT_SECONDS = 30


class Production:
    """The production workspace of a world, with every right; the sample's unless it is said."""

    def __init__(self, world: World, platform: Platform | None = None) -> None:
        self._session = requests.Session()
        self._session.trust_env = False  # or REQUESTS_CA_BUNDLE would win over `verify`
        variables = environment_variables(world.state, public_hosts=False)
        self._session.verify = variables["REQUESTS_CA_BUNDLE"]
        platform = platform or sample_platform()
        place = platform.stages["production"]
        groups = f"{world.azure.url}/subscriptions/{platform.subscription_id}/resourceGroups"
        provider = "providers/Microsoft.MachineLearningServices"
        self._workspace = f"{groups}/{place.resource_group}/{provider}/workspaces/{place.workspace}"
        test = platform.stages["test"]
        self._test = f"{groups}/{test.resource_group}/{provider}/workspaces/{test.workspace}"
        self._compute = platform.test.compute
        dev = platform.stages["dev"]
        self._dev = f"{groups}/{dev.resource_group}/{provider}/workspaces/{dev.workspace}"
        self._registry = f"{groups}/{REGISTRY_GROUP}/{provider}/registries/{platform.registry}"
        self._sign_in(world.azure.url, variables)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._session.close()

    def deployments(self) -> dict[str, Mapping[str, Any]]:
        """Return the properties and tags of each circuit's deployment, by P001/C001."""
        found: dict[str, Mapping[str, Any]] = {}
        for endpoint in self._list("batchEndpoints"):
            for one in self._list(f"batchEndpoints/{endpoint['name']}/deployments"):
                plant, circuit = endpoint["name"][-4:], one["name"][-4:]
                found[f"{plant}/{circuit}"] = {**one["properties"], "tags": one["tags"]}
        return found

    def versions(self) -> dict[str, str]:
        """Return which environment version each circuit runs."""
        deployments = self.deployments().items()
        return {name: one["environmentId"].rpartition("/")[2] for name, one in deployments}

    def register_model(self, name: str, version: str, tags: Mapping[str, str]) -> None:
        """Register a model version, as a training pipeline would."""
        properties = {"modelUri": "azureml://x/y", "modelType": "custom_model", "tags": tags}
        url = f"{self._workspace}/models/{name}/versions/{version}"
        sent = {"properties": properties}
        answer = self._session.put(url, params=_API, json=sent, timeout=_TIMEOUT_SECONDS)
        answer.raise_for_status()

    def deploy_model(self, circuit: str, name: str, version: str) -> None:
        """Make a circuit's deployment run a model version, as somebody in the portal would."""
        body = self._deployment(circuit)
        registered, _, _ = body["properties"]["model"]["assetId"].partition("/models/")
        body["properties"]["model"]["assetId"] = f"{registered}/models/{name}/versions/{version}"
        self._put_deployment(circuit, body)

    def deploy_environment(self, circuit: str, version: str) -> None:
        """Make a circuit's deployment run an environment version, as in the portal."""
        body = self._deployment(circuit)
        family, _, _ = body["properties"]["environmentId"].rpartition("/")
        body["properties"]["environmentId"] = f"{family}/{version}"
        self._put_deployment(circuit, body)

    def copy_to_test(self, circuit: str, version: str) -> None:
        """Give the test workspace a deployment as a circuit has it, on an environment version."""
        path = _deployment_path(circuit)
        body = self._deployment(circuit)
        family, _, _ = body["properties"]["environmentId"].rpartition("/")
        model = body["properties"]["model"]
        _, _, name = model["assetId"].partition("/models/")
        workspace = self._test.partition("/subscriptions/")[2]
        model["assetId"] = f"/subscriptions/{workspace}/models/{name}"
        body["properties"] |= {"environmentId": f"{family}/{version}", "compute": self._compute}
        body["properties"]["codeConfiguration"] = None  # production's code is not the workspace's
        endpoint = {"location": body["location"], "properties": {"authMode": "AADToken"}}
        for within, sent in ((path.rpartition("/deployments/")[0], endpoint), (path, body)):
            url = f"{self._test}/{within}"
            answer = self._session.put(url, params=_API, json=sent, timeout=_TIMEOUT_SECONDS)
            assert answer.ok, answer.text

    def test_versions(self) -> dict[str, str]:
        """Return which environment version each deployment of the test workspace runs."""
        found = {}
        for endpoint in self._list("batchEndpoints", self._test):
            for one in self._list(f"batchEndpoints/{endpoint['name']}/deployments", self._test):
                name = f"{endpoint['name'][-4:]}/{one['name'][-4:]}"
                found[name] = one["properties"]["environmentId"].rpartition("/")[2]
        return found

    def registry_versions(self, name: str, registry: str = "") -> set[str]:
        """Return which versions of an environment the registry has, ours unless it is named."""
        ours, _, its_name = self._registry.rpartition("/")
        within = f"{ours}/{registry or its_name}"
        return {one["name"] for one in self._list(f"environments/{name}/versions", within)}

    def workspace_versions(self, name: str) -> dict[str, Mapping[str, Any]]:
        """Return the properties of each version of an environment that production itself has."""
        listed = self._list(f"environments/{name}/versions")
        return {one["name"]: one["properties"] for one in listed}

    def dev_versions(self, name: str) -> set[str]:
        """Return which versions of an environment dev has and shows."""
        return {one["name"] for one in self._list(f"environments/{name}/versions", self._dev)}

    def copy_to_registry(self, registry: str, name: str, version: str) -> None:
        """Give another registry of the group what ours has under an environment version."""
        path = f"environments/{name}/versions"
        body = next(one for one in self._list(path, self._registry) if one["name"] == version)
        ours, _, _ = self._registry.rpartition("/")
        sent = {"properties": body["properties"]}
        url = f"{ours}/{registry}/{path}/{version}"
        answer = self._session.put(url, params=_API, json=sent, timeout=_TIMEOUT_SECONDS)
        answer.raise_for_status()

    def _deployment(self, circuit: str) -> Any:
        within, _, name = _deployment_path(circuit).rpartition("/")
        return next(one for one in self._list(within) if one["name"] == name)

    def _put_deployment(self, circuit: str, body: Any) -> None:
        url = f"{self._workspace}/{_deployment_path(circuit)}"
        answer = self._session.put(url, params=_API, json=body, timeout=_TIMEOUT_SECONDS)
        answer.raise_for_status()

    def _list(self, path: str, within: str = "") -> list[Any]:
        url, found = f"{within or self._workspace}/{path}", []
        params: Mapping[str, str] | None = _API
        while url:
            answer = self._session.get(url, params=params, timeout=_TIMEOUT_SECONDS)
            answer.raise_for_status()
            found += answer.json()["value"]
            url, params = answer.json().get("nextLink"), None
        return found

    def _sign_in(self, url: str, variables: Mapping[str, str]) -> None:
        asked = {
            "grant_type": "client_credentials",
            "client_id": variables["AZURE_CLIENT_ID"],
            "client_secret": variables["AZURE_CLIENT_SECRET"],
            "scope": f"{url}/.default",
        }
        door = f"{url}/{variables['AZURE_TENANT_ID']}/oauth2/v2.0/token"
        answer = self._session.post(door, data=asked, timeout=_TIMEOUT_SECONDS)
        answer.raise_for_status()
        self._session.headers["Authorization"] = f"Bearer {answer.json()['access_token']}"


def _deployment_path(circuit: str) -> str:
    plant, _, number = circuit.partition("/")
    return f"batchEndpoints/batch-endpoint-plant-{plant}/deployments/deployment-circuit-{number}"

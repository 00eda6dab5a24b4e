"""Looks at the sandbox's Azure through the SDK itself, never through the bot."""

import os
from collections import Counter
from collections.abc import Mapping
from typing import Any

from azure.ai.ml import MLClient
from azure.ai.ml.entities import BatchDeployment, Environment
from azure.core.exceptions import ResourceNotFoundError
from azure.identity import DefaultAzureCredential

from bot.core.config.platform import Platform
from bot.core.production.deployment import OUR_TAGS
from bot.sandbox.azureml.client_environment import environment_variables
from bot.sandbox.world import World

Snapshot = Mapping[str, Mapping[str, Any]]
_STATE = "provisioning_state"
_VOLATILE = ("creation_context",)


class Inspector:
    """Azure as somebody with every right sees it."""

    def __init__(self, world: World, platform: Platform) -> None:
        os.environ.update(environment_variables(world.state, public_hosts=False))
        self._platform = platform
        self._credential = DefaultAzureCredential(disable_instance_discovery=True)
        self._clients = {stage: self._client(stage) for stage in platform.stages}
        self._registry = MLClient(self._credential, registry_name=platform.registry)

    def environment(self, place: str, version: str) -> Environment | None:
        """Return one version of the environment in a stage or in the registry."""
        client = self._registry if place == "registry" else self._clients[place]
        try:
            found: Environment = client.environments.get(self._platform.names.environment, version)
        except ResourceNotFoundError:
            return None
        return found

    def deployments(self) -> Snapshot:
        """Return every production deployment with all that the SDK carries."""
        client = self._clients["production"]
        found: dict[str, Mapping[str, Any]] = {}
        for endpoint in client.batch_endpoints.list():
            for deployment in client.batch_deployments.list(endpoint_name=endpoint.name):
                found[f"{endpoint.name}/{deployment.name}"] = _fields(deployment)
        return found

    def jobs(self, stage: str) -> list[str]:
        """Return the names of a stage's jobs that are no step of another."""
        return [job.name for job in self._clients[stage].jobs.list()]

    def _client(self, stage: str) -> MLClient:
        place = self._platform.stages[stage]
        return MLClient(
            self._credential,
            self._platform.subscription_id,
            place.resource_group,
            place.workspace,
            show_progress=False,
        )


def versions(snapshot: Snapshot) -> Counter[str]:
    """Return how many deployments run each environment version, and how many `failed`."""
    return Counter(
        "failed" if fields[_STATE] == "Failed" else str(fields["environment"]).rpartition("/")[2]
        for fields in snapshot.values()
    )


def differing(before: Snapshot, after: Snapshot) -> set[str]:
    """Return the names of the fields in which any deployment differs, envbot's own tags aside."""
    return {
        name
        for key in before.keys() | after.keys()
        for one, other in [(_foreign(before.get(key, {})), _foreign(after.get(key, {})))]
        for name in one.keys() | other.keys()
        if one.get(name) != other.get(name)
    }


def _foreign(fields: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the fields without the tags that envbot writes for itself."""
    tags = {name: value for name, value in fields.get("tags", {}).items() if name not in OUR_TAGS}
    return {**fields, "tags": tags}


def _fields(deployment: BatchDeployment) -> Mapping[str, Any]:
    content = dict(deployment._to_dict())  # noqa: SLF001 - the SDK's own dump of all it carries
    carried = {name: value for name, value in content.items() if name not in _VOLATILE}
    return {**carried, _STATE: deployment.provisioning_state}

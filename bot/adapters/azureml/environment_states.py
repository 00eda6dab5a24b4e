"""How an environment version stands: what the SDK does not return of it."""

from collections.abc import Mapping
from typing import Any

from azure.core.exceptions import HttpResponseError

from bot.adapters.azureml.clients import Clients
from bot.core.config.platform import PRODUCTION_REGISTRY, REGISTRY
from bot.core.production.environment_state import EnvironmentState
from bot.errors import BotError

# Of all versions of the interface only previews return `imageDetails` (since 2025-01-01-preview).
_API_VERSION = "2025-10-01-preview"
_REFUSED = range(400, 500)


class EnvironmentStates:
    """Raw reads of environment versions; safe to use from several threads."""

    def __init__(self, clients: Clients) -> None:
        self._clients = clients

    def get(self, place: str, name: str, version: str) -> EnvironmentState:
        """Return what Azure says of a version; `unknown` where it does not take the question.

        Raises:
            BotError: Azure could not be asked.
        """
        what = f"reading how environment {name}:{version} of {place} stands"
        path = f"{self._path(place)}/environments/{name}/versions/{version}"
        try:
            body = self._clients.reader.get(path, _API_VERSION, what)
        except BotError as error:
            cause = error.__cause__
            # A preview ends one day, and the right to read this way is another than the SDK needs.
            if isinstance(cause, HttpResponseError) and cause.status_code in _REFUSED:
                return EnvironmentState(unknown=f"Azure answered {cause.status_code}")
            raise
        if body is None:
            return EnvironmentState(unknown="Azure Resource Manager does not know that version")
        return _state(body.get("properties") or {})

    def _path(self, place: str) -> str:
        if place in {REGISTRY, PRODUCTION_REGISTRY}:
            return self._clients.registry_path(place)
        return self._clients.workspace(place).path


def _state(said: Mapping[str, Any]) -> EnvironmentState:
    details = said.get("imageDetails") or {}
    exists = details.get("exists")
    is_built = said.get("build") or said.get("condaFile")
    return EnvironmentState(
        provisioning_state=str(said.get("provisioningState") or ""),
        image=_reference(details.get("image") or {}),
        image_exists=exists if isinstance(exists, bool) else None,
        pulled="" if is_built else str(said.get("image") or ""),
    )


def _reference(image: Mapping[str, Any]) -> str:
    """Return an image as people write it; empty where Azure does not say which it is."""
    host, repository = image.get("hostname"), image.get("repository")
    if not (host and repository):
        return ""
    digest, tag = image.get("digest"), image.get("tag")
    version = f"@{digest}" if digest else f":{tag}" if tag else ""
    return f"{host}/{repository}{version}"

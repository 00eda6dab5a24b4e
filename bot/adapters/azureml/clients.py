"""SDK clients: one for each place and process, and a new one for every share."""

from dataclasses import dataclass
from threading import Lock
from typing import Any

from azure.ai.ml import MLClient
from azure.core.credentials import TokenCredential

from bot.adapters.azureml.arm import ArmEndpoint, ArmReader, find_endpoint
from bot.adapters.azureml.failure import azure_call
from bot.adapters.azureml.pacing import Pauses
from bot.adapters.azureml.plain_http import transport
from bot.adapters.azureml.quiet import quiet_logs
from bot.adapters.azureml.settings import AzureSettings
from bot.core.config.platform import PRODUCTION_REGISTRY, REGISTRY


@dataclass(frozen=True, slots=True)
class Workspace:
    """One Azure ML workspace."""

    subscription_id: str
    resource_group: str
    name: str

    @property
    def path(self) -> str:
        """Return the workspace's ARM id."""
        return (
            f"/subscriptions/{self.subscription_id}/resourceGroups/{self.resource_group}"
            f"/providers/Microsoft.MachineLearningServices/workspaces/{self.name}"
        )


class Clients:
    """Makes clients on first use and keeps them; safe to use from several threads."""

    def __init__(
        self,
        credential: TokenCredential,
        workspaces: dict[str, Workspace],
        registries: dict[str, str],
        settings: AzureSettings,
    ) -> None:
        self.settings = settings
        self._credential = credential
        self._workspaces = workspaces
        self._registries = registries
        self._made: dict[str, MLClient] = {}
        self._endpoint: ArmEndpoint | None = None
        self._reader: ArmReader | None = None
        self._lock = Lock()
        self._pauses = Pauses()
        quiet_logs()

    def registry_at(self, place: str) -> str:
        """Return the name of the registry that is `registry` or `production_registry`."""
        return self._registries[place]

    @property
    def release_place(self) -> str:
        """Return the place of the registry that production uses."""
        return PRODUCTION_REGISTRY if PRODUCTION_REGISTRY in self._registries else REGISTRY

    def place_of(self, registry: str) -> str:
        """Return which of ours the registry of that name is; `registry` where it is none."""
        ours = {name.lower(): place for place, name in self._registries.items()}
        return ours.get(registry.lower(), REGISTRY)

    def registry_path(self, place: str) -> str:
        """Return the ARM id of a registry, as its discovery service tells it.

        Raises:
            BotError: there is no such registry, or it cannot be asked.
        """
        client = self.client(place)
        at = Workspace(client.subscription_id, client.resource_group_name, self.registry_at(place))
        return at.path.replace("/workspaces/", "/registries/")

    def workspace(self, stage: str) -> Workspace:
        """Return the workspace of `dev`, `test` or `production`."""
        return self._workspaces[stage]

    def client(self, place: str) -> MLClient:
        """Return the client of a stage or of a registry. Never call `share` on it."""
        with self._lock:
            if place not in self._made:
                self._made[place] = self._make(place)
            return self._made[place]

    def client_for_share(self, stage: str) -> MLClient:
        """Return a client that nobody else has.

        NOTE: `share` swaps the client's workspace for the registry while it runs, so that calls
        of other threads land there (azure-sdk-for-python#39502).
        """
        with self._lock:
            return self._make(stage)

    @property
    def reader(self) -> ArmReader:
        """Return the raw reader."""
        with self._lock:
            if self._reader is None:
                self._reader = ArmReader(
                    self._find(), self._credential, self.settings, self._pauses
                )
            return self._reader

    def _find(self) -> ArmEndpoint:
        if self._endpoint is None:
            self._endpoint = find_endpoint(self.settings)
        return self._endpoint

    def _make(self, place: str) -> MLClient:
        # Refuses where the SDK would quietly go on with the public cloud.
        options: dict[str, Any] = {
            **self._find().cloud,
            "enable_telemetry": False,
            # Without its progress bar the SDK drops the failure of an upload, and then waits for
            # the file for ever (azure-ai-ml 1.35.2, `upload_directory`). `quiet_uploads` hides it.
            "show_progress": True,
            "transport": transport(self.settings, self._pauses),
            "retry_total": self.settings.retries,
            "retry_backoff_factor": self.settings.backoff,
            "polling_interval": self.settings.poll_interval,
        }
        with azure_call(f"finding the {place}"):
            if registry := self._registries.get(place):
                return MLClient(self._credential, registry_name=registry, **options)
            at = self._workspaces[place]
            return MLClient(
                self._credential, at.subscription_id, at.resource_group, at.name, **options
            )

"""SDK clients: one for each place and process, and a new one for every share."""

from dataclasses import dataclass
from threading import Lock
from typing import Any

from azure.ai.ml import MLClient
from azure.core.credentials import TokenCredential

from bot.adapters.azureml.arm import ArmEndpoint, ArmReader, find_endpoint
from bot.adapters.azureml.failure import azure_call
from bot.adapters.azureml.plain_http import transport
from bot.adapters.azureml.quiet import quiet_logs
from bot.adapters.azureml.settings import AzureSettings

REGISTRY = "registry"


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
        registry: str,
        settings: AzureSettings,
    ) -> None:
        self.settings = settings
        self._credential = credential
        self._workspaces = workspaces
        self.registry = registry
        self._made: dict[str, MLClient] = {}
        self._endpoint: ArmEndpoint | None = None
        self._reader: ArmReader | None = None
        self._lock = Lock()
        quiet_logs()

    def workspace(self, stage: str) -> Workspace:
        """Return the workspace of `dev`, `test` or `production`."""
        return self._workspaces[stage]

    def client(self, place: str) -> MLClient:
        """Return the client of a stage or of the registry. Never call `share` on it."""
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
                self._reader = ArmReader(self._find(), self._credential, self.settings)
            return self._reader

    def _find(self) -> ArmEndpoint:
        if self._endpoint is None:
            self._endpoint = find_endpoint(self.settings)
        return self._endpoint

    def _make(self, place: str) -> MLClient:
        self._find()  # refuses where the SDK would quietly go on with the public cloud
        options: dict[str, Any] = {
            "enable_telemetry": False,
            "show_progress": False,
            "transport": transport(self.settings),
            "retry_total": self.settings.retries,
            "retry_backoff_factor": self.settings.backoff,
            "polling_interval": self.settings.poll_interval,
        }
        with azure_call(f"finding the {place}"):
            if place == REGISTRY:
                return MLClient(self._credential, registry_name=self.registry, **options)
            at = self._workspaces[place]
            return MLClient(
                self._credential, at.subscription_id, at.resource_group, at.name, **options
            )

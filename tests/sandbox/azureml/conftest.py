"""One sandbox server for the folder, places of its own for every test, and the real SDK."""

import uuid
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import requests
from azure.ai.ml import MLClient
from azure.ai.ml.entities import (
    BatchEndpoint,
    CodeConfiguration,
    Environment,
    Model,
    ModelBatchDeployment,
    ModelBatchDeploymentSettings,
)
from azure.identity import ClientSecretCredential

from bot.sandbox.azureml.client_environment import READY_FILE, environment_variables
from bot.sandbox.azureml.control import Control
from bot.sandbox.azureml.registry import RegistrySpec
from bot.sandbox.azureml.workspaces import WorkspaceSpec
from bot.sandbox.process import RunningServer, start

SUBSCRIPTION = "00000000-0000-0000-0000-000000000001"
GROUP = "rg-sandbox"
API = {"api-version": "2024-01-01-preview"}
ENDPOINT, DEPLOYMENT = "batch-endpoint-plant-P001", "deployment-circuit-C001"


@dataclass(frozen=True)
class Azure:
    """A running sandbox and the environment variables that lead to it."""

    server: RunningServer

    @property
    def control(self) -> Control:
        return Control(self.server.state)

    def variables(self, client: str = "operator") -> dict[str, str]:
        return environment_variables(self.server.state, client, public_hosts=False)

    def credential(self, client: str = "operator") -> ClientSecretCredential:
        variables = self.variables(client)
        return ClientSecretCredential(
            variables["AZURE_TENANT_ID"],
            client,
            variables["AZURE_CLIENT_SECRET"],
            authority=variables["AZURE_AUTHORITY_HOST"],
            disable_instance_discovery=True,
        )

    def send(
        self, method: str, path: str, body: object = None, *, token: str | None = None
    ) -> requests.Response:
        """Send what the SDK does not; as the operator unless a token is given."""
        token = token or self.credential().get_token(f"{self.server.url}/.default").token
        return requests.request(
            method,
            f"{self.server.url}{path}",
            params={} if "?" in path else API,
            json=body,
            headers={"Authorization": f"Bearer {token}"},
            verify=self.variables()["REQUESTS_CA_BUNDLE"],
            timeout=30,
        )


@dataclass(frozen=True)
class Place:
    """Three workspaces and a registry that no other test touches."""

    azure: Azure
    unique: str

    @property
    def registry_name(self) -> str:
        return f"reg{self.unique}"

    def path(self, stage: str) -> str:
        return (
            f"/subscriptions/{SUBSCRIPTION}/resourceGroups/{GROUP}/providers"
            f"/Microsoft.MachineLearningServices/workspaces/ws-{stage}-{self.unique}"
        )

    def client(self, stage: str = "dev", client: str = "operator") -> MLClient:
        """Return a new client: share() swaps the workspace of the one it is called on."""
        name = f"ws-{stage}-{self.unique}"
        return MLClient(self.azure.credential(client), SUBSCRIPTION, GROUP, name, **QUIET)

    def registry(self, client: str = "operator") -> MLClient:
        return MLClient(self.azure.credential(client), registry_name=self.registry_name, **QUIET)

    def environment(self, version: str = "1.5.0", stage: str = "dev") -> Environment:
        made: Environment = self.client(stage).environments.create_or_update(
            Environment(name="custom-tf-env", version=version, image="base@sha256:1")
        )
        return made

    def share(self, version: str, as_version: str) -> Environment:
        shared: Environment = self.client("dev").environments.share(
            "custom-tf-env",
            version,
            share_with_name="custom-tf-env",
            share_with_version=as_version,
            registry_name=self.registry_name,
        )
        return shared

    def deployment(self, folder: Path, **changes: Any) -> ModelBatchDeployment:
        """Make endpoint, model, environment and code in production; return what would deploy."""
        production = self.client("production")
        production.batch_endpoints.begin_create_or_update(BatchEndpoint(name=ENDPOINT)).result()
        (folder / "weights.h5").write_text("0.5")
        model = production.models.create_or_update(
            Model(name="sensor_model_P001_C001", version="5", path=str(folder / "weights.h5"))
        )
        code = folder / "code"
        code.mkdir()
        (code / "driver.py").write_text("def init(): ...\ndef run(batch): return batch\n")
        return ModelBatchDeployment(
            **{
                "name": DEPLOYMENT,
                "endpoint_name": ENDPOINT,
                "model": model.id,
                "environment": self.environment(stage="production").id,
                "code_configuration": CodeConfiguration(str(code), "driver.py"),
                "compute": "cpu-cluster",
                "tags": {"owner": "reliability"},
                "settings": ModelBatchDeploymentSettings(
                    mini_batch_size=5,
                    instance_count=2,
                    logging_level="info",
                    error_threshold=0,
                    environment_variables={"PLANT_ID": "P001"},
                ),
                **changes,
            }
        )

    def deployment_path(self) -> str:
        return f"{self.path('production')}/batchEndpoints/{ENDPOINT}/deployments/{DEPLOYMENT}"


QUIET: Mapping[str, Any] = {"enable_telemetry": False, "show_progress": False}


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    running = start("bot.sandbox.azureml", tmp_path_factory.mktemp("azureml"), READY_FILE)
    yield running
    running.stop()


@pytest.fixture(scope="module")
def azure(server: RunningServer) -> Iterator[Azure]:
    """Point this process at the server for one module: another folder's tests have another one."""
    with pytest.MonkeyPatch.context() as patch:
        for name, value in Azure(server).variables().items():
            patch.setenv(name, value)
        yield Azure(server)


@pytest.fixture
def look_at(monkeypatch: pytest.MonkeyPatch) -> Callable[[RunningServer], Azure]:
    """Return what points a test at a server of its own, which has an authority of its own."""

    def look(server: RunningServer) -> Azure:
        azure = Azure(server)
        monkeypatch.setenv("REQUESTS_CA_BUNDLE", azure.variables()["REQUESTS_CA_BUNDLE"])
        return azure

    return look


@pytest.fixture
def make_place(azure: Azure) -> Callable[[], Place]:
    def make() -> Place:
        unique = uuid.uuid4().hex[:8]
        for stage in ("dev", "test", "production"):
            azure.control.add_workspace(
                WorkspaceSpec(SUBSCRIPTION, GROUP, f"ws-{stage}-{unique}", stage, "westeurope")
            )
        azure.control.add_registry(RegistrySpec(SUBSCRIPTION, GROUP, f"reg{unique}", "westeurope"))
        return Place(azure, unique)

    return make


@pytest.fixture
def place(make_place: Callable[[], Place]) -> Place:
    return make_place()


@pytest.fixture
def script(azure: Azure) -> Iterator[Callable[..., None]]:
    """Return a setter of the server's script; what it was is put back afterwards."""
    before = dict(azure.control.script())

    def change(**settings: object) -> None:
        azure.control.script(**settings)

    yield change
    azure.control.script(**before)


@pytest.fixture(autouse=True)
def nothing_is_missing(request: pytest.FixtureRequest) -> Iterator[None]:
    """Fail a test whose SDK calls asked for an operation the sandbox does not have."""
    if "azure" not in request.fixturenames:
        yield
        return
    control: Control = request.getfixturevalue("azure").control
    before = len(control.unknown())
    yield
    assert control.unknown()[before:] == []

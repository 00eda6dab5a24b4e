"""A sandbox server of its own, and a platform with workspaces of its own for every test."""

import os
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pytest
import requests
from azure.identity import DefaultAzureCredential

from bot.adapters.azureml import AzureCloud, AzureSettings
from bot.core.config.platform import Platform, Workspace
from bot.core.config.platform_file import Names, TestSettings
from bot.core.config.promotion import Promotion
from bot.sandbox.azureml.client_environment import READY_FILE, environment_variables

SUBSCRIPTION = "00000000-0000-0000-0000-000000000001"
GROUP = "rg-test"
LOCATION = "westeurope"
STAGES = ("dev", "test", "production")
API = {"api-version": "2024-01-01-preview"}


@dataclass(frozen=True)
class Sandbox:
    """The server as a test sees it: beside the bot, over plain HTTP."""

    url: str
    session: requests.Session
    state: Path

    def call(self, method: str, path: str, body: object = None, **params: str) -> Any:
        """Send a request with the operator's rights; return the body, parsed."""
        answer = self.session.request(
            method, f"{self.url}{path}", params=params, json=body, timeout=30
        )
        assert answer.ok, f"{method} {path}: {answer.status_code} {answer.text}"
        return answer.json() if answer.content else None

    def log(self) -> list[dict[str, Any]]:
        """Return the requests so far."""
        entries: list[dict[str, Any]] = self.call("GET", "/sandbox/log")
        return entries

    def script(self, **settings: object) -> None:
        """Change how the sandbox behaves."""
        self.call("PUT", "/sandbox/script", settings)


@dataclass(frozen=True)
class Place:
    """The workspaces and the registry of one test."""

    sandbox: Sandbox
    platform: Platform

    def path(self, stage: str) -> str:
        """Return the ARM id of a stage's workspace."""
        at = self.platform.stages[stage]
        return (
            f"/subscriptions/{SUBSCRIPTION}/resourceGroups/{at.resource_group}/providers"
            f"/Microsoft.MachineLearningServices/workspaces/{at.workspace}"
        )

    def put(self, stage: str, path: str, properties: Mapping[str, Any], **top: object) -> Any:
        """Write a resource of a stage directly."""
        body = {"properties": properties, "location": LOCATION, **top}
        return self.sandbox.call("PUT", f"{self.path(stage)}/{path}", body, **API)

    def get(self, stage: str, path: str) -> Any:
        """Read a resource of a stage directly."""
        return self.sandbox.call("GET", f"{self.path(stage)}/{path}", **API)

    def environment(self, stage: str, version: str, **properties: object) -> str:
        """Register an environment version; return its ARM id."""
        body = {"image": "mcr.example/base:1", "tags": {}, **properties}
        made = self.put(stage, f"environments/custom-tf-env/versions/{version}", body)
        return str(made["id"])

    def model(self, stage: str, name: str, version: str, **properties: object) -> str:
        """Register a model version; return its ARM id."""
        body = {"modelUri": "azureml://x/y", "modelType": "custom_model", "flavors": {}}
        made = self.put(stage, f"models/{name}/versions/{version}", {**body, **properties})
        return str(made["id"])

    def registry(self, **properties: object) -> str:
        """Make another registry; return its name."""
        name = f"reg{uuid.uuid4().hex[:8]}"
        spec = {"subscription": SUBSCRIPTION, "group": GROUP, "location": LOCATION, "name": name}
        self.sandbox.call("POST", "/sandbox/registries", {**spec, **properties})
        return name

    def registry_model(self, name: str, version: str) -> None:
        """Register a model version in the registry."""
        body = {"modelUri": "azureml://x/y", "modelType": "custom_model", "flavors": {}}
        root = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/{GROUP}/providers"
        registry = f"Microsoft.MachineLearningServices/registries/{self.platform.registry}"
        path = f"{root}/{registry}/models/{name}/versions/{version}"
        self.sandbox.call("PUT", path, {"properties": body}, **API)

    def turn_away(self, call: str, status: int, *, times: int = 1, **more: object) -> None:
        """Let calls that match `METHOD /path` fail for a while."""
        outage = {"call": call, "status": status, "times": times, **more}
        self.sandbox.script(outages=[outage])

    def mark(self) -> int:
        """Return a point in the log of requests, for `requests`."""
        return len(self.sandbox.log())

    def requests(self, mark: int) -> list[str]:
        """Return "METHOD target" of every request since `mark`, without those of tests."""
        entries = self.sandbox.log()[mark:]
        return [
            f"{entry['method']} {entry['target']}"
            for entry in entries
            if not entry["target"].startswith("/sandbox/")
        ]


@pytest.fixture(scope="session")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    """Run one server for all tests, and point this process at it as a user would."""
    state = tmp_path_factory.mktemp("azureml")
    process = subprocess.Popen(
        [sys.executable, "-m", "bot.sandbox.azureml", "--state", str(state), "--port", "0"]
    )
    try:
        _wait_for(state / READY_FILE, process)
        variables = environment_variables(state, public_hosts=False)
        with pytest.MonkeyPatch.context() as patch:
            for name, value in variables.items():
                patch.setenv(name, value)
            server = Sandbox(variables["AZURE_AUTHORITY_HOST"], _operator(variables), state)
            yield server
        os.environ.pop("AZUREML_CURRENT_CLOUD", None)  # the SDK sets it
        unknown = server.call("GET", "/sandbox/unknown")
        assert unknown == {"count": 0, "requests": []}
    finally:
        process.terminate()
        process.wait(timeout=20)


def _operator(variables: Mapping[str, str]) -> requests.Session:
    """Return a session with the rights of the sandbox's operator."""
    session = requests.Session()
    session.trust_env = False  # or the variable would win over `verify`
    session.verify = variables["REQUESTS_CA_BUNDLE"]
    credential = DefaultAzureCredential(disable_instance_discovery=True)
    token = credential.get_token(f"{variables['AZURE_AUTHORITY_HOST']}/.default").token
    session.headers.update({"Authorization": f"Bearer {token}", "x-envbot-sandbox": "1"})
    return session


def _wait_for(file: Path, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + 30
    while not file.exists():
        assert process.poll() is None, "the sandbox has ended"
        assert time.monotonic() < deadline, "the sandbox is not ready"
        time.sleep(0.05)


@pytest.fixture
def place(sandbox: Sandbox) -> Place:
    """Return workspaces and a registry of this test's own."""
    unique = uuid.uuid4().hex[:8]
    spec = {"subscription": SUBSCRIPTION, "group": GROUP, "location": LOCATION}
    for stage in STAGES:
        workspace = {**spec, "name": f"ws-{stage}-{unique}", "stage": stage}
        sandbox.call("POST", "/sandbox/workspaces", workspace)
    sandbox.call("POST", "/sandbox/registries", {**spec, "name": f"reg{unique}"})
    stages = {stage: Workspace(GROUP, f"ws-{stage}-{unique}") for stage in STAGES}
    platform = Platform(
        subscription_id=SUBSCRIPTION,
        location=LOCATION,
        stages=MappingProxyType(stages),
        registry=f"reg{unique}",
        names=Names(),
        promotion=Promotion(),
        test=TestSettings(compute="cpu-cluster", sample_data="azureml:sample:1"),
    )
    return Place(sandbox, platform)


@pytest.fixture
def settings() -> AzureSettings:
    """Return patience for a server on this machine."""
    return AzureSettings(
        backoff=0.01, poll_interval=0.02, read_back_deadline=2.0, read_back_interval=0.02
    )


@pytest.fixture
def cloud(place: Place, settings: AzureSettings) -> AzureCloud:
    """Return the adapter, looking at `place`."""
    return AzureCloud(place.platform, settings)

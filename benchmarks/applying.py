"""Writing a fleet's deployments through the SDK, against as many bare requests that write."""

import http.client
import json
import os
import ssl
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from unittest.mock import patch
from urllib.parse import urlsplit

from benchmarks.corpus import OTHER_VERSION, VERSION, fleet, tree_of
from benchmarks.measure import Case, Side
from benchmarks.scale import Scale
from bot.core.canonical import digest
from bot.core.config.circuit import read_fleet
from bot.core.config.platform import Platform
from bot.core.environment import read_environment
from bot.core.production.deployment import LiveDeployment
from bot.core.tree import Tree
from bot.sandbox.process import RunningServer, start
from bot.sandbox.world import sample_files, sample_platform

WORKERS = 8
_API = "api-version=2024-01-01-preview"
_SENT = ("location", "tags", "identity", "properties")


def cases(scale: Scale, folder: Path) -> Iterator[Case]:
    """Yield one case while a sandbox server runs; none without the sandbox's packages."""
    if not find_spec("uvicorn"):
        return
    platform = sample_platform()
    _seed(folder, platform, scale.writes)
    server = start("bot.sandbox.azureml", folder, "azureml.json", "--port", "0")
    try:
        with patch.dict(os.environ, _variables(folder)):
            yield _case(_Fleet(server, platform), scale.writes)
    finally:
        server.stop()


def _case(deployments: "_Fleet", size: int) -> Case:
    expected = deployments.standing(everywhere=True)
    return Case(
        name=f"update_deployment, {WORKERS} threads",
        size=size,
        ours=Side(
            name="update_deployment",
            run=deployments.update,
            digest=lambda _: deployments.standing(),
            expected=expected,
            prepare=deployments.plan_updates,
        ),
        yardstick=Side(
            name="bare PUTs, same threads",
            run=deployments.put,
            digest=lambda _: deployments.standing(),
            expected=expected,
            prepare=deployments.plan_puts,
        ),
        counts=deployments.requests_of_an_update,
    )


class _Fleet:
    """The sandbox's production; every run moves all of it to the version where it is not."""

    def __init__(self, server: RunningServer, platform: Platform) -> None:
        from bot.adapters.azureml import AzureCloud, AzureSettings

        patience = AzureSettings(poll_interval=0.02, read_back_interval=0.02)
        self._cloud = AzureCloud(platform, patience)
        self._wire = _Wire(server)
        self._platform = platform
        self._version = VERSION
        self._seen: tuple[LiveDeployment, ...] = ()
        self._bodies: list[tuple[str, bytes]] = []

    def plan_updates(self) -> None:
        """Choose the other version, and read what an apply would have read for its plan."""
        self._turn()
        self._seen = self._cloud.deployments("production")

    def update(self) -> None:
        """Write every deployment as an apply does."""
        with ThreadPoolExecutor(WORKERS) as pool:
            list(pool.map(self._update, self._seen))

    def plan_puts(self) -> None:
        """Choose the other version, and make every request's body."""
        self._turn()
        call = self._wire.caller()
        self._bodies = [(path, self._body(call("GET", path))) for path in self._paths()]

    def put(self) -> None:
        """Send every body once, and believe the status code."""
        with ThreadPoolExecutor(WORKERS) as pool:
            list(pool.map(self._put_share, range(WORKERS)))

    def standing(self, *, everywhere: bool = False) -> str:
        """Return a digest of production: who is at the version of this turn, and all the rest.

        With `everywhere`, the digest that it has once every deployment is.
        """
        return digest(
            [
                [
                    live.key,
                    everywhere or live.environment_id == self._environment_id,
                    live.model_id,
                    live.tags,
                    live.rest_digest,
                ]
                for live in self._cloud.deployments("production")
            ]
        )

    def requests_of_an_update(self) -> str:
        """Return how many requests one update sends, averaged over a run."""
        self.plan_updates()
        before = self._wire.answered()
        self.update()
        mean = (self._wire.answered() - before) / len(self._seen)
        return f"{mean:g} requests a deployment, bare 1"

    @property
    def _environment_id(self) -> str:
        name = self._platform.names.environment
        return self._platform.registry_environment_id(name, self._version)

    def _turn(self) -> None:
        self._version = OTHER_VERSION if self._version == VERSION else VERSION

    def _update(self, seen: LiveDeployment) -> None:
        self._cloud.update_deployment(
            "production",
            seen,
            environment_id=self._environment_id,
            model_id=seen.model_id,
            tags=seen.our_tags,
        )

    def _paths(self) -> Iterable[str]:
        place = self._platform.stages["production"]
        base = (
            f"/subscriptions/{self._platform.subscription_id}/resourceGroups/{place.resource_group}"
            f"/providers/Microsoft.MachineLearningServices/workspaces/{place.workspace}"
        )
        for live in self._cloud.deployments("production"):
            name = f"{live.endpoint}/deployments/{live.deployment}"
            yield f"{base}/batchEndpoints/{name}?{_API}"

    def _body(self, found: Mapping[str, Any]) -> bytes:
        kept = {name: found[name] for name in _SENT if name in found}
        properties = {**found["properties"], "environmentId": self._environment_id}
        properties.pop("provisioningState", None)
        return json.dumps({**kept, "properties": properties}).encode()

    def _put_share(self, worker: int) -> None:
        call = self._wire.caller()
        for path, body in self._bodies[worker::WORKERS]:
            call("PUT", path, body)


class _Wire:
    """Plain HTTPS to the sandbox with the operator's token, one connection a caller."""

    def __init__(self, server: RunningServer) -> None:
        from azure.identity import DefaultAzureCredential

        self._host = urlsplit(server.url).netloc
        self._trust = ssl.create_default_context(cafile=os.environ["REQUESTS_CA_BUNDLE"])
        credential = DefaultAzureCredential(disable_instance_discovery=True)
        self._headers = {
            "Authorization": f"Bearer {credential.get_token(f'{server.url}/.default').token}",
            "Content-Type": "application/json",
            "x-envbot-sandbox": "1",
        }

    def caller(self) -> Callable[..., Any]:
        """Return what sends a request over a connection of its own and returns the parsed body."""
        connection = http.client.HTTPSConnection(self._host, context=self._trust)

        def call(method: str, path: str, body: bytes | None = None) -> object:
            connection.request(method, path, body, self._headers)
            answer = connection.getresponse()
            content = answer.read()
            if answer.status >= http.client.BAD_REQUEST:
                raise OSError(f"{method} {path}: {answer.status} {content[:200]!r}")
            return json.loads(content)

        return call

    def answered(self) -> int:
        """Return how many requests the sandbox has answered, not counting those about itself."""
        entries = self.caller()("GET", "/sandbox/log")
        return sum(not entry["target"].startswith("/sandbox/") for entry in entries)


def _seed(state: Path, platform: Platform, count: int) -> None:
    from bot.sandbox.azureml.seed import FleetSeed, seed_fleet

    others = {path: file for path, file in sample_files().items() if "config/plants" not in path}
    tree: Tree = {**others, **tree_of(fleet(count))}
    circuits = tuple(read_fleet(tree).circuits.values())
    seed_fleet(state, FleetSeed(platform, circuits, read_environment(tree), tree, ("cpu",)))


def _variables(state: Path) -> dict[str, str]:
    from bot.sandbox.azureml.client_environment import environment_variables

    return environment_variables(state, public_hosts=False)

"""A sandbox's production for the benchmarks: seeded, written by an apply, and by bare requests."""

import http.client
import json
import os
import ssl
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from azure.identity import DefaultAzureCredential

from benchmarks.corpus import OTHER_VERSION, VERSION, fleet, tree_of
from bot.adapters.azureml import AzureCloud, AzureSettings
from bot.core.canonical import digest
from bot.core.config.circuit import read_fleet
from bot.core.config.platform import Platform
from bot.core.config.policy import ApplyPolicy
from bot.core.environment import read_environment
from bot.core.production.action import Action, ActionKind
from bot.core.production.apply_report import OutcomeKind
from bot.core.production.deployment import LiveDeployment
from bot.core.production.waves import waves
from bot.core.tree import Tree
from bot.handlers.writes import FailureBudget, Writing, write_all
from bot.sandbox.azureml.seed import FleetSeed, seed_fleet
from bot.sandbox.process import RunningServer
from bot.sandbox.world import sample_files

API = "api-version=2024-01-01-preview"
_SENT = ("location", "tags", "identity", "properties")


class Unwatched:
    """A lease that nobody else wants, and a display that nobody looks at."""

    objection = ""

    def beat(self) -> None:
        """Stay as it is."""

    def begin_wave(self) -> None:
        """Stay as it is."""

    def step(self, text: str) -> None:
        """Show nothing."""

    def progress(self, done: int, total: int, what: str) -> None:
        """Show nothing."""


class Deployed:
    """The sandbox's production; every run moves all of it to the version where it is not."""

    def __init__(self, server: RunningServer, platform: Platform, workers: int) -> None:
        patience = AzureSettings(poll_interval=0.02, read_back_interval=0.02)
        self._cloud = AzureCloud(platform, patience)
        self._wire = Wire(server)
        self._workers = workers
        self._platform = platform
        self._version = VERSION
        self._seen: tuple[LiveDeployment, ...] = ()
        self._bodies: list[tuple[str, bytes]] = []

    def plan_updates(self) -> None:
        """Choose the other version, and read what an apply would have read for its plan."""
        self._turn()
        self._set_back()
        self._seen = self._cloud.deployments("production")

    def turn_back(self) -> None:
        """Let the version before be the one of this turn, as most deployments still run it."""
        self._turn()

    def update(self) -> None:
        """Write every deployment as an apply does."""
        kind, wanted = ActionKind.UPDATE, self.environment_id
        if any(one.environment_id == wanted for one in self._seen):
            raise OSError("some deployments have the version already: too little would be timed")
        actions = [
            Action(kind, one.endpoint, one.deployment, None, "", "", wanted, one.model_id, one)
            for one in self._seen
        ]
        alone = Unwatched()
        writing = Writing(
            cloud=self._cloud,
            stage="production",
            our_tags=lambda _: {},
            workers=self._workers,
            budget=FailureBudget(1),
            held=alone,
            reporter=alone,
        )
        for outcome in write_all(writing, waves(actions, (), ApplyPolicy())):
            if outcome.kind is not OutcomeKind.DONE:
                raise OSError(outcome.why)

    def plan_puts(self) -> None:
        """Choose the other version, and make every request's body."""
        self._turn()
        call, wanted = self._wire.caller(), self.environment_id
        live = self._cloud.deployments("production")
        paths = [self._path(one) for one in live]
        self._bodies = [(path, _body(call("GET", path), wanted)) for path in paths]

    def put(self) -> None:
        """Send every body once, and believe the status code."""
        with ThreadPoolExecutor(self._workers) as pool:
            list(pool.map(self._put_share, range(self._workers)))

    def standing(self, *, everywhere: bool = False) -> str:
        """Return a digest of production: who is at the version of this turn, and all the rest.

        With `everywhere`, the digest that it has once every deployment is.
        """
        return digest(
            [
                [
                    live.key,
                    everywhere or live.environment_id == self.environment_id,
                    live.model_id,
                    live.tags,
                    live.rest_digest,
                ]
                for live in self._cloud.deployments("production")
            ]
        )

    def requests_of_an_update(self) -> float:
        """Return how many requests one update sends, averaged over a run."""
        self.plan_updates()
        before = self._wire.answered()
        self.update()
        return (self._wire.answered() - before) / len(self._seen)

    @property
    def environment_id(self) -> str:
        """Return the environment of this turn."""
        name = self._platform.names.environment
        return self._platform.registry_environment_id(name, self._version)

    @property
    def names(self) -> tuple[tuple[str, str], ...]:
        """Return endpoint and name of every deployment that the last plan saw."""
        return tuple((live.endpoint, live.deployment) for live in self._seen)

    @property
    def workspace(self) -> tuple[str, str, str]:
        """Return subscription, group and workspace of production."""
        place = self._platform.stages["production"]
        return self._platform.subscription_id, place.resource_group, place.workspace

    def _turn(self) -> None:
        self._version = _other(self._version)

    def _set_back(self) -> None:
        """Give the few that have the version of this turn already the one before."""
        name = self._platform.names.environment
        before = self._platform.registry_environment_id(name, _other(self._version))
        call = self._wire.caller()
        for live in self._cloud.deployments("production"):
            if live.environment_id == self.environment_id:
                path = self._path(live)
                call("PUT", path, _body(call("GET", path), before))

    def _path(self, live: LiveDeployment) -> str:
        base = self._platform.workspace_id("production")
        name = f"{live.endpoint}/deployments/{live.deployment}"
        return f"{base}/batchEndpoints/{name}?{API}"

    def _put_share(self, worker: int) -> None:
        call = self._wire.caller()
        for path, body in self._bodies[worker :: self._workers]:
            call("PUT", path, body)


def _other(version: str) -> str:
    return OTHER_VERSION if version == VERSION else VERSION


def _body(found: Mapping[str, Any], environment_id: str) -> bytes:
    kept = {name: found[name] for name in _SENT if name in found}
    properties = {**found["properties"], "environmentId": environment_id}
    properties.pop("provisioningState", None)
    return json.dumps({**kept, "properties": properties}).encode()


class Wire:
    """Plain HTTPS to the sandbox with the operator's token, one connection a caller."""

    def __init__(self, server: RunningServer) -> None:
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


def seed(state: Path, platform: Platform, count: int) -> None:
    """Write a sandbox's state with `count` deployments."""
    others = {path: file for path, file in sample_files().items() if "config/plants" not in path}
    tree: Tree = {**others, **tree_of(fleet(count))}
    circuits = tuple(read_fleet(tree).circuits.values())
    seed_fleet(state, FleetSeed(platform, circuits, read_environment(tree), tree, ("cpu",)))

"""A world of both services: opened from a folder, played, closed, and copied as it stands."""

import json
import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from bot.sandbox.azureml.admin import prepare
from bot.sandbox.azureml.app import Server as Azure
from bot.sandbox.azureml.client_environment import READY_FILE, environment_variables
from bot.sandbox.azureml.identity import open_directory
from bot.sandbox.azureml.store import Store
from bot.sandbox.faults.app import StruckApp
from bot.sandbox.faults.operations import Operations
from bot.sandbox.faults.wire import AZURE, GITHUB, Wire
from bot.sandbox.github.actions.oidc import IdTokens
from bot.sandbox.github.actions.runner import Runner
from bot.sandbox.github.app import make_app
from bot.sandbox.github.hub import Event, Hub, Repository
from bot.sandbox.world import NAME, OWNER
from faults.servers import Servers

PATIENCE_SECONDS = 300.0
_IDENTITIES = {
    "envbot-dev": "envbot-dev",
    "envbot-registry": "envbot-registry",
    "envbot-test": "envbot-test",
    "envbot-reader": "envbot-reader",
    "production": "envbot-production",
}
# Everything that the bot waits for, in milliseconds where hours are usual.
IMPATIENCE = {
    "ENVBOT_GITHUB_PAUSE": "0",
    "ENVBOT_GITHUB_WRITE_PAUSE": "0",
    "ENVBOT_POLL_SECONDS": "0.02",
    "ENVBOT_COMMENT_SECONDS": "0",
    "ENVBOT_BACKOFF_SECONDS": "0.01",
    "ENVBOT_RATE_LIMIT_SECONDS": "0.05",
    "ENVBOT_GITHUB_TIMEOUT": "1",
    "ENVBOT_AZURE_TIMEOUT": "0.5",
    "ENVBOT_OPERATION_SECONDS": "0.5",
    "ENVBOT_READ_BACK_SECONDS": "0.3",
    "ENVBOT_LEASE_SECONDS": "60",
    "ENVBOT_ANSWER_SECONDS": "0",
}
# Where nothing is silent, a busy machine must not be taken for a silent service.
PATIENCE = IMPATIENCE | {
    "ENVBOT_GITHUB_TIMEOUT": "30",
    "ENVBOT_AZURE_TIMEOUT": "30",
    "ENVBOT_OPERATION_SECONDS": "60",
    "ENVBOT_READ_BACK_SECONDS": "5",
}
_JOBS = "job-environment.json"


@dataclass
class World:
    """An open world.

    Attributes:
        azure: what Azure remembers.
        hub: what GitHub remembers.
        wire: what the bot says to either.
    """

    state: Path
    azure: Store
    hub: Hub
    runner: Runner
    wire: Wire
    operations: Operations

    @property
    def repository(self) -> Repository:
        """Return the repository that the bot lives in."""
        return self.hub.repository(OWNER, NAME)

    def play(self, events: Sequence[Event]) -> None:
        """Let the bot answer events; returns when all is quiet.

        Raises:
            TimeoutError: it is not quiet after five minutes.
        """
        for event in events:
            self.runner.take(event)
        self._await_quiet()

    def run_again(self) -> int:
        """Run again what failed; return how many runs that were."""
        count = self.runner.run_again()
        self._await_quiet()
        return count

    def close(self) -> None:
        """Close the world; its folder holds all of it then."""
        self.runner.close()
        self.hub.store.close()
        self.azure.close()

    def _await_quiet(self) -> None:
        if not self.runner.await_quiet(PATIENCE_SECONDS):
            self.wire.kill()
            raise TimeoutError("the bot is still busy")


def open_world(
    state: Path, servers: Servers, command: Sequence[str], wire: Callable[[Store, Hub], Wire]
) -> World:
    """Open the world in `state` and show it on the servers; `wire` makes what lies between."""
    for path in (servers.certificates.authority, servers.certificates.ca_bundle):
        target = state / path.name
        target.unlink(missing_ok=True)
        shutil.copyfile(path, target)
    azure = Store(state)
    prepare(azure)
    directory = open_directory(state)
    _announce(state, servers)
    hub, tokens = Hub(state), IdTokens(state)
    hub.url = servers.github.url
    runner = Runner(hub, tokens, command, at_once=1)
    operations, between = Operations(azure), wire(azure, hub)
    app = Azure(azure, directory, servers.azure.url)
    servers.azure.serving.app = StruckApp(app, AZURE, between, operations)
    served = make_app(hub, runner, tokens)
    servers.github.serving.app = StruckApp(served, GITHUB, between)
    return World(state, azure, hub, runner, between, operations)


def set_patience(state: Path, waits: Mapping[str, str]) -> None:
    """Let the jobs that start from now on wait so long."""
    jobs = json.loads((state / _JOBS).read_text(encoding="utf-8"))
    (state / _JOBS).write_text(json.dumps({**jobs, **waits}), encoding="utf-8")


def copy_state(source: Path, target: Path) -> None:
    """Make `target` what `source` is; objects of git never change, so they are shared."""
    shutil.rmtree(target, ignore_errors=True)
    shutil.copytree(source, target, copy_function=_copy, symlinks=True)


def _copy(source: str, target: str) -> str:
    if "/objects/" in source:
        Path(target).hardlink_to(source)
        return target
    return (
        str(shutil.copyfile(source, target))
        if "hooks" not in source
        else shutil.copy(source, target)
    )


def _announce(state: Path, servers: Servers) -> None:
    ready = {
        "url": servers.azure.url,
        "ca_bundle": str(state / servers.certificates.ca_bundle.name),
        "ca": str(state / servers.certificates.authority.name),
        "pid": 0,
    }
    (state / READY_FILE).write_text(json.dumps(ready), encoding="utf-8")
    azure = environment_variables(state, public_hosts=False)
    address = {name: text for name, text in azure.items() if not name.startswith("AZURE_CLIENT")}
    tenant = {"AZURE_TENANT_ID": address.pop("AZURE_TENANT_ID")}
    jobs = {**address, **PATIENCE}
    variables = {name: {"AZURE_CLIENT_ID": client} for name, client in _IDENTITIES.items()}
    (state / _JOBS).write_text(json.dumps(jobs), encoding="utf-8")
    (state / "actions-variables.json").write_text(
        json.dumps({"": tenant, **variables}), encoding="utf-8"
    )

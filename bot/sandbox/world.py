"""Both sandbox servers around one fleet: made once, started as often as one likes."""

import json
import shlex
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import bot
from bot.adapters.folder import read_folder
from bot.core.config.circuit import read_fleet
from bot.core.config.platform import Platform, read_platform
from bot.core.environment import read_environment
from bot.core.tree import Tree
from bot.errors import BotError, InvalidFileError
from bot.sandbox.process import RunningServer, start

PROJECT = Path(bot.__file__).parents[1]
OWNER, NAME = "acme", "sensor-fleet"
_CONTENT = (
    ".gitattributes",
    ".github/workflows",
    "config",
    "deployment",
    "environment",
    "evidence",
)
_MADE = "world.json"
# GitHub environment → the Azure identity that its jobs may take.
_IDENTITIES = {
    "envbot-dev": "envbot-dev",
    "envbot-registry": "envbot-registry",
    "envbot-test": "envbot-test",
    "envbot-reader": "envbot-reader",
    "production": "envbot-production",
}
_IMPATIENCE = {
    "ENVBOT_GITHUB_PAUSE": "0",
    "ENVBOT_GITHUB_WRITE_PAUSE": "0",
    "ENVBOT_POLL_SECONDS": "0.3",
    "ENVBOT_COMMENT_SECONDS": "0.5",
}
_AZURE_ADDRESS = (
    "ARM_CLOUD_METADATA_URL",
    "REGISTRY_DISCOVERY_ENDPOINT_URL",
    "REQUESTS_CA_BUNDLE",
    "AZURE_AUTHORITY_HOST",
    "AZUREML_CURRENT_CLOUD",
    "ENVBOT_IMAGE_MIRROR",
)


@dataclass(frozen=True, slots=True)
class World:
    """The two servers while they run."""

    state: Path
    azure: RunningServer
    github: RunningServer

    @property
    def repository(self) -> str:
        """The repository that the bot lives in, `owner/name`."""
        return f"{OWNER}/{NAME}"

    def page(self, number: int) -> str:
        """Return the address of a pull request's page."""
        return f"{self.github.url}/{self.repository}/pull/{number}"


def sample_files() -> Tree:
    """Return the files of the sample repository: the fleet, its environment, its workflows."""
    return read_folder(PROJECT, *_CONTENT)


def make_world(state: Path, files: Tree | None = None) -> None:
    """Put a fleet into `state`, the sample one unless `files` are given; once is enough.

    Raises:
        BotError: the fleet cannot be used, or the sandbox's packages are missing.
    """
    if (state / _MADE).exists():
        return
    from bot.sandbox.azureml.seed import FleetSeed, seed_fleet
    from bot.sandbox.github.seed import seed_repository

    tree = sample_files() if files is None else files
    platform, fleet = read_platform(tree["config/platform.yml"].data), read_fleet(tree)
    if fleet.problems:
        raise InvalidFileError(fleet.problems)
    state.mkdir(parents=True, exist_ok=True)
    circuits = tuple(fleet.circuits.values())
    computes = (platform.test.compute, "batch-cluster")
    seed_fleet(state, FleetSeed(platform, circuits, read_environment(tree), tree, computes))
    seed_repository(state, OWNER, NAME, {path: (f.mode, f.data) for path, f in tree.items()})
    (state / _MADE).write_text(json.dumps({"format": 1}), encoding="utf-8")


@contextmanager
def running_world(
    state: Path,
    files: Tree | None = None,
    *,
    azure_port: int = 0,
    github_port: int = 0,
    bot: Sequence[str] = (),
) -> Iterator[World]:
    """Run both servers on `state` for the block; they are gone afterwards, whatever happens.

    `bot` is what stands for `envbot` in the workflows; `python -m bot` unless it is given.
    """
    make_world(state, files)
    azure = start("bot.sandbox.azureml", state, "azureml.json", "--port", str(azure_port))
    try:
        _tell_jobs(state)
        options = ("--port", str(github_port), "--bot", shlex.join(bot))
        github = start("bot.sandbox.github", state, "github.json", *options)
        try:
            yield World(state, azure, github)
        finally:
            github.stop()
    finally:
        azure.stop()


def terminal_environment(state: Path, login: str = "marie") -> dict[str, str]:
    """Return the variables that make `envbot` in a terminal talk to a running sandbox.

    What the bot wrote stays the bot's, and `login` a person whose approvals count; git clones and
    pushes as them.

    Raises:
        BotError: no sandbox has run on `state`.
    """
    from bot.sandbox.azureml.client_environment import environment_variables
    from bot.sandbox.github.accounts import token_of

    try:
        github = json.loads((state / "github.json").read_text(encoding="utf-8"))
        azure = environment_variables(state, public_hosts=False)
    except FileNotFoundError as error:
        raise BotError(f"No sandbox has run on {state}; start one: envbot sandbox up.") from error
    return {
        **azure,
        **_IMPATIENCE,
        "GITHUB_API_URL": f"{github['url']}/api/v3",
        "GITHUB_SERVER_URL": github["url"],
        "GITHUB_REPOSITORY": f"{OWNER}/{NAME}",
        "GITHUB_TOKEN": token_of(login),
        "GIT_CONFIG_COUNT": "1",
        "GIT_CONFIG_KEY_0": f"http.{github['url']}/.extraheader",
        "GIT_CONFIG_VALUE_0": f"Authorization: Bearer {token_of(login)}",
    }


def sample_platform() -> Platform:
    """Return where the sample fleet's stages are."""
    return read_platform((PROJECT / "config/platform.yml").read_bytes())


def _tell_jobs(state: Path) -> None:
    """Say where Azure is to the jobs that the GitHub sandbox will start."""
    from bot.sandbox.azureml.client_environment import environment_variables

    azure = environment_variables(state, public_hosts=False)
    address = {name: azure[name] for name in _AZURE_ADDRESS}
    _write(state / "job-environment.json", {**address, **_IMPATIENCE})
    tenant = {"AZURE_TENANT_ID": azure["AZURE_TENANT_ID"]}
    variables = {name: {"AZURE_CLIENT_ID": client} for name, client in _IDENTITIES.items()}
    _write(state / "actions-variables.json", {"": tenant, **variables})


def _write(path: Path, content: Mapping[str, object]) -> None:
    draft = path.with_suffix(".new")
    draft.write_text(json.dumps(content), encoding="utf-8")
    draft.replace(path)

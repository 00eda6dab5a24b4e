"""`envbot status` as anyone runs it: git, Azure and nothing of GitHub."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from bot.adapters.folder import read_folder
from bot.core.config.circuit import read_fleet
from bot.core.config.platform import read_platform
from bot.core.environment import read_environment
from bot.sandbox.azureml.client_environment import environment_variables
from bot.sandbox.azureml.seed import FleetSeed, seed_fleet
from bot.sandbox.process import start

NEEDED_BY_OTHERS = ("bot.core.rules", "bot.core.review", "github", "nbformat", "rich")
REPORT = """
import atexit, sys
atexit.register(lambda: print("LOADED", *sorted(sys.modules)))
from bot.__main__ import main
main()
"""
Status = Callable[..., str]


@pytest.fixture
def status(
    repository: Path, checkout: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Status]:
    """Return what prints the status of an Azure that has what main of `repository` asks for."""
    tree = read_folder(repository, "config", "environment")
    platform = read_platform(tree["config/platform.yml"].data)
    circuits = tuple(read_fleet(tree).circuits.values())
    state = tmp_path / "azure"
    state.mkdir()
    seed_fleet(state, FleetSeed(platform, circuits, read_environment(tree), tree, ("cpu-cluster",)))
    server = start("bot.sandbox.azureml", state, "azureml.json", "--port", "0")
    for name, value in environment_variables(state, public_hosts=False).items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("PYTHONPATH", str(checkout))

    def run(*arguments: str) -> str:
        command = [sys.executable, "-c", REPORT, "status", *arguments]
        ended = subprocess.run(command, capture_output=True, check=False, text=True)
        assert ended.returncode == 0, ended.stderr
        return ended.stdout

    yield run
    server.stop()


def test_the_status_needs_git_and_azure_alone(status: Status, repository: Path) -> None:
    assert not [name for name in os.environ if name.startswith("GITHUB_")]

    printed, _, modules = status("--format", "json").rpartition("LOADED ")
    page = repository / "artifacts" / "status.html"
    status("--format", "html", "--output", str(page))

    assert json.loads(printed)["counts"]["as asked"] == 3
    assert [name for name in NEEDED_BY_OTHERS if name in modules.split()] == []
    assert "<h1>All 3 circuits run what main asks for</h1>" in page.read_text(encoding="utf-8")

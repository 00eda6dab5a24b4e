"""The sandbox as a process of its own."""

import json
import shlex
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
import requests
from github import Auth, Github

from bot.sandbox.github.accounts import token_of
from bot.sandbox.github.seed import seed_repository
from bot.sandbox.process import RunningServer, is_running, start

FILES = {"README.md": ("100644", b"# Plants\n")}


@pytest.fixture
def launch(tmp_path: Path) -> "Callable[..., RunningServer]":
    def launch(*options: str) -> RunningServer:
        return start("bot.sandbox.github", tmp_path, "github.json", "--no-runner", *options)

    return launch


def test_state_survives_a_restart(tmp_path: Path, launch: Callable[..., RunningServer]) -> None:
    seed_repository(tmp_path, "plant", "envs", FILES)
    count = 0
    for _ in range(2):
        server = launch()
        try:
            with Github(
                auth=Auth.Token(token_of("ada")),
                base_url=f"{server.url}/api/v3",
                seconds_between_requests=0,
                seconds_between_writes=0,
            ) as client:
                client.get_repo("plant/envs").create_issue("Drift")
                count = client.get_repo("plant/envs").get_issues().totalCount
        finally:
            server.stop()

    assert count == 2


def test_says_where_it_is_and_ends_when_told(
    tmp_path: Path, launch: Callable[..., RunningServer]
) -> None:
    server = launch()
    facts = json.loads((tmp_path / "github.json").read_text())
    status = requests.get(server.url, timeout=10).status_code

    server.stop()

    assert (facts["pid"], facts["url"], status) == (server.pid, server.url, 200)
    assert server.process.returncode == 0


def test_ends_its_jobs_with_itself(tmp_path: Path) -> None:
    workflow = b"on: workflow_dispatch\njobs: {a: {permissions: {}, steps: [{run: envbot x}]}}"
    files = {**FILES, ".github/workflows/apply.yml": ("100644", workflow)}
    seed_repository(tmp_path, "plant", "envs", files)
    (tmp_path / "wait.py").write_text(
        "import os, pathlib, time\n"
        f"part = pathlib.Path({str(tmp_path)!r}, 'job.pid.new')\n"
        "part.write_text(str(os.getpid()))\n"
        "part.rename(part.with_suffix(''))\n"
        "time.sleep(60)\n"
    )
    bot = shlex.join([sys.executable, str(tmp_path / "wait.py")])
    server = start("bot.sandbox.github", tmp_path, "github.json", "--bot", bot)
    try:
        url = f"{server.url}/api/v3/repos/plant/envs/actions/workflows/apply.yml/dispatches"
        bearer = {"Authorization": f"Bearer {token_of('ada')}"}
        requests.post(url, json={"ref": "main"}, headers=bearer, timeout=10).raise_for_status()
        deadline = time.monotonic() + 30
        while not (tmp_path / "job.pid").exists() and time.monotonic() < deadline:
            time.sleep(0.05)
    finally:
        server.stop()

    assert server.process.returncode == 0
    assert not is_running(int((tmp_path / "job.pid").read_text()))


def test_refuses_to_listen_elsewhere(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "bot.sandbox.github", "--state", str(tmp_path)]

    done = subprocess.run([*command, "--host", "0.0.0.0"], capture_output=True, check=False)  # noqa: S104 (it is refused)

    assert done.returncode == 2
    assert b"127.0.0.1 only" in done.stderr


def test_the_first_commit_depends_on_the_files_alone(tmp_path: Path) -> None:
    commits = {
        seed_repository(tmp_path / name, owner, "envs", FILES)
        for name, owner in (("one", "plant"), ("two", "other"))
    }

    assert len(commits) == 1

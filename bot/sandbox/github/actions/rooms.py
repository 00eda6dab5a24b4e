"""The folders of one job, and the variables with which GitHub Actions describes them."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from bot.sandbox.github.actions.records import Run
from bot.sandbox.github.actions.workflow import JobSpec
from bot.sandbox.github.git import GitError, git_environment
from bot.sandbox.github.hub import Hub
from bot.sandbox.github.rest.addresses import API


@dataclass(frozen=True, slots=True)
class Rooms:
    """Where one job works: a clone, a home, a temporary folder, and the files it reports in."""

    root: Path
    summary: Path

    @property
    def work(self) -> Path:
        """Return the folder of the clone."""
        return self.root / "work"

    @property
    def output(self) -> Path:
        """Return the file behind GITHUB_OUTPUT."""
        return self.root / "output"


@contextmanager
def make_rooms(hub: Hub, run: Run, job: JobSpec) -> Iterator[Rooms]:
    """Make a job's folders, with a clone at the default branch; remove them after."""
    repository = run.event.repository
    folder = run.folder(hub.state)
    rooms = Rooms(folder / f"{job.id}.rooms", folder / f"{job.id}.summary.md")
    for room in ("home", "temp"):
        (rooms.root / room).mkdir(parents=True)
    for file in (rooms.output, rooms.summary):
        file.touch()
    try:
        source, target = str(repository.git.path), str(rooms.work)
        branch = f"--branch={repository.default_branch}"
        _git("clone", "--quiet", branch, source, target)
        _git("-C", target, "remote", "set-url", "origin", f"{hub.url}/{repository.full_name}")
        (rooms.root / "event.json").write_text(json.dumps(run.payload), encoding="utf-8")
        yield rooms
    finally:
        shutil.rmtree(rooms.root, ignore_errors=True)


def _git(*arguments: str) -> None:
    done = subprocess.run(
        ["git", *arguments], capture_output=True, env=git_environment(), check=False
    )
    if done.returncode:
        raise GitError(done.stderr.decode(errors="replace").strip())


def machine(rooms: Rooms) -> dict[str, str]:
    """Return the variables of a bare machine: no variable of this process but PATH."""
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", os.defpath)])
    return {
        "PATH": path,
        "HOME": str(rooms.root / "home"),
        "LANG": "C.UTF-8",
        "PYTHONSAFEPATH": "1",
        "PYTHONUNBUFFERED": "1",
    }


def actions(hub: Hub, run: Run, job: JobSpec, rooms: Rooms) -> dict[str, str]:
    """Return the variables that GitHub Actions sets for every job."""
    event = run.event
    return {
        "CI": "true",
        "GITHUB_ACTIONS": "true",
        "GITHUB_EVENT_NAME": event.name,
        "GITHUB_EVENT_PATH": str(rooms.root / "event.json"),
        "GITHUB_API_URL": f"{hub.url}{API}",
        "GITHUB_SERVER_URL": hub.url,
        "GITHUB_REPOSITORY": event.repository.full_name,
        "GITHUB_REPOSITORY_OWNER": event.repository.owner,
        "GITHUB_SHA": event.sha,
        "GITHUB_REF": event.ref,
        "GITHUB_REF_NAME": event.ref.removeprefix("refs/heads/"),
        "GITHUB_RUN_ID": str(run.id),
        "GITHUB_RUN_NUMBER": str(run.id),
        "GITHUB_RUN_ATTEMPT": "1",
        "GITHUB_WORKFLOW": run.workflow.name,
        "GITHUB_WORKSPACE": str(rooms.work),
        "GITHUB_JOB": job.id,
        "GITHUB_ACTOR": event.caller.login,
        "GITHUB_TRIGGERING_ACTOR": event.caller.login,
        "GITHUB_OUTPUT": str(rooms.output),
        "GITHUB_STEP_SUMMARY": str(rooms.summary),
        "RUNNER_TEMP": str(rooms.root / "temp"),
        "RUNNER_OS": "Linux",
    }

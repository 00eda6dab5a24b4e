"""The runner is lost while the models are being tested."""

import os
import signal
import time
from pathlib import Path

from tests.conversations.scene import Scene

VERSION = "1.5.21"
PATIENCE_SECONDS = 60


def test_a_run_that_is_killed_while_it_waits_is_finished_by_a_later_one(scene: Scene) -> None:
    talk = scene.improve_logging("ada", VERSION)
    scene.push_evidence("ada", VERSION)
    mark = len(scene.azure.log())
    scene.azure.script(job_seconds=8.0)
    try:
        scene.person("marie").comment(talk.number, "/promote registry")
        await_polls(scene, mark)
        kill_jobs(scene)
        scene.settle(failing={"cloud"})
        scene.say(talk, "marie", "/promote registry")
    finally:
        scene.azure.script(job_seconds=0.2)

    submitted = [line for line in targets(scene, mark) if line.startswith("PUT") and is_job(line)]
    assert len(submitted) == 1
    assert "all 6 production models passed" in talk.news()


def targets(scene: Scene, mark: int) -> list[str]:
    return [f"{one['method']} {one['target']}" for one in scene.azure.log()[mark:]]


def is_job(line: str) -> bool:
    return "/jobs/compat-" in line


def await_polls(scene: Scene, mark: int) -> None:
    """Wait until the job was submitted and the bot has asked for its steps."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not any("/children" in line for line in targets(scene, mark)):
        assert time.monotonic() < deadline, "the models are not being tested"
        time.sleep(0.1)


def kill_jobs(scene: Scene) -> None:
    """End what the GitHub server has started, as when a machine is lost."""
    for process in Path("/proc").iterdir():
        if process.name.isdigit() and parent_of(process) == scene.world.github.pid:
            os.kill(int(process.name), signal.SIGKILL)


def parent_of(process: Path) -> int:
    try:
        return int((process / "stat").read_text().rpartition(")")[2].split()[1])
    except (OSError, ValueError, IndexError):
        return 0

"""Main moves on while a release is being written."""

import re
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

from bot.core.tree import File
from tests.conversations.azure import Production
from tests.conversations.rogue import may_bypass
from tests.conversations.scene import Scene, running_scene, small_fleet
from tests.conversations.talk import Talk
from tests.conversations.test_attacks_on_production import release

VERSION = "1.5.1"
POLICY = "config/policy.yml"
PATIENCE_SECONDS = 60
POLL_SECONDS = 0.05
CANARY = "  waves: canary\n  canary_size: 1\n  canary_percent: 40\n"


def fleet_applied_with(settings: str) -> Mapping[str, File]:
    """Return the small fleet with these settings of `apply`, one deployment at a time."""
    files = small_fleet()
    rest = re.sub(r"\n  workers: \d+", "", files[POLICY].data.decode())
    policy = rest.replace("apply:\n", f"apply:\n  workers: 1\n{settings}").encode()
    return {**files, POLICY: replace(files[POLICY], data=policy)}


def released(scene: Scene) -> int:
    with Production(scene.world) as production:
        return list(production.versions().values()).count(VERSION)


def wait_until(happened: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not happened():
        assert time.monotonic() < deadline, "it did not happen"
        time.sleep(POLL_SECONDS)


def begin_to_write(scene: Scene, number: int, seconds: float) -> str:
    """Merge, and come back once the first deployment is being written, each in so many seconds."""
    scene.azure.script(operation_seconds=seconds)
    merged = scene.person("lise").merge(number)
    wait_until(lambda: released(scene) > 0)
    return merged


def told_of_apply(talk: Talk) -> str:
    """Return what the pull request says of its apply now."""
    return next(said.text for said in talk.by_bot() if said.kind == "apply")


def push_past_the_gate(scene: Scene, *command: str) -> None:
    """Let ada push to main itself what a git command makes."""
    ada = scene.person("ada")
    may_bypass(scene, "ada")
    ada.begin_branch("main")
    ada._run(*command)
    ada._run("push", "--quiet", "origin", "HEAD:main")


def test_a_release_that_is_taken_back_while_it_is_written_goes_no_further(tmp_path: Path) -> None:
    with running_scene(tmp_path, fleet_applied_with("")) as scene:
        talk = release(scene)
        merged = begin_to_write(scene, talk.number, seconds=4.0)
        push_past_the_gate(scene, "revert", "--no-edit", "-m", "1", merged)
        wait_until(lambda: "Stopped, main has moved on" in told_of_apply(talk))

        assert released(scene) < 5
        assert "main has moved on; the run of the newer commit goes on" in told_of_apply(talk)
        scene.azure.script(operation_seconds=0.0)
        scene.settle(failing={"apply"})
        assert "Stopped" not in told_of_apply(talk)


def test_a_release_in_waves_is_gone_on_with_by_the_run_of_the_newer_main(tmp_path: Path) -> None:
    with running_scene(tmp_path, fleet_applied_with(CANARY)) as scene:
        talk = release(scene)
        begin_to_write(scene, talk.number, seconds=3.0)
        push_past_the_gate(scene, "commit", "--quiet", "--allow-empty", "-m", "Reword a remark")
        scene.settle(failing={"apply"})  # the run of the merge; that of the push ends well

        told = talk.news()
        assert "wave 1 of 3" not in told.partition("🟢 Applied")[2]
        assert "- wave 2 of 3: 1 done\n- wave 3 of 3: 3 done" in told
        assert released(scene) == 5

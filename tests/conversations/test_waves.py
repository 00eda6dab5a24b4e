"""A release in waves: one that fails keeps the rest from beginning, and is gone on with."""

from dataclasses import replace
from pathlib import Path

from tests.conversations.azure import Production
from tests.conversations.scene import Scene, running_scene, small_fleet

VERSION = "1.5.1"
POLICY = "config/policy.yml"
IN_WAVES = b"apply:\n  waves: canary\n  canary_size: 1\n  canary_percent: 40\n"
FAILING = "batch-endpoint-plant-P002/deployments/deployment-circuit-C001"


def released_at(scene: Scene) -> set[str]:
    with Production(scene.world) as production:
        return {name for name, version in production.versions().items() if version == VERSION}


def test_a_failure_in_a_wave_stops_the_later_ones_until_it_is_retried(tmp_path: Path) -> None:
    files = small_fleet()
    policy = files[POLICY].data.replace(b"apply:\n", IN_WAVES)
    with running_scene(tmp_path, {**files, POLICY: replace(files[POLICY], data=policy)}) as scene:
        talk = scene.improve_logging("ada", VERSION)
        scene.push_evidence("ada", VERSION)
        scene.say(talk, "marie", "/promote registry")
        scene.approve(talk, "lise", "grace")
        talk.news()
        failure = {"resource": FAILING, "code": "InternalError", "message": "A node was lost."}
        scene.azure.script(operation_failures=[failure])
        scene.merge(talk, "lise", failing={"apply"})

        told = talk.news()
        assert (
            "- wave 1 of 3: 1 done\n- wave 2 of 3: 1 failed\n- wave 3 of 3: 3 not started" in told
        )
        assert "A node was lost." in told
        assert "P001/C001" in released_at(scene)

        scene.azure.script(operation_failures=[])
        scene.say(talk, "marie", "/retry --failed")

        assert "wave 2 of 3: 1 done\n- wave 3 of 3: 3 done" in talk.news()
        assert len(released_at(scene)) == 5

"""The evidence notebook run on its candidate: by itself, and on demand."""

import pytest

from tests.conversations.scene import Scene
from tests.conversations.talk import Talk

STATUS = "envbot/evidence-run"


@pytest.fixture
def scene(shared_scene: Scene) -> Scene:
    """Run the world of this file with every notebook running well."""
    shared_scene.azure.script(failing_notebooks=[])
    return shared_scene


def proposed(scene: Scene, version: str) -> Talk:
    talk = scene.improve_logging("ada", version)
    scene.push_evidence("ada", version)
    return talk


def test_a_complete_notebook_is_run_without_being_asked(scene: Scene) -> None:
    talk = proposed(scene, "1.5.1")

    state, _, text = talk.statuses()[STATUS].partition(", ")
    candidate = scene.candidate("ada", "1.5.1")
    assert state == "success"
    assert text.endswith(f"ran the notebook on {candidate}")
    assert "Evidence: complete (run)" in talk.summary()
    assert f"🟢 Run of the notebook: `{text}` ([job](https://" in talk.summary()


def test_a_failed_run_keeps_production_closed_until_it_is_run_again(scene: Scene) -> None:
    scene.azure.script(failing_notebooks=["1.5.2-*"])
    talk = proposed(scene, "1.5.2")

    assert "Cell 1 raised RuntimeError." in talk.statuses()[STATUS]
    before = talk.status_ids()
    scene.dispatch("schedule.yml")
    assert talk.status_ids() == before
    scene.say(talk, "marie", "/promote registry")
    scene.approve(talk, "lise", "grace")
    assert talk.statuses()["envbot/release"] == (
        "pending, Production: The run of the evidence notebook proves nothing"
    )

    scene.azure.script(failing_notebooks=[])
    scene.say(talk, "ada", "/evidence run")

    assert talk.statuses()[STATUS].startswith("success, evidence-")
    assert "in the dev workspace" in talk.reply()
    assert talk.statuses()["envbot/release"].startswith("success, ")


def test_nothing_incomplete_is_run_and_for_writers_alone(scene: Scene) -> None:
    talk = scene.improve_logging("ada", "1.5.3")

    scene.say(talk, "ada", "/evidence run")

    assert "EVIDENCE_MISSING" in talk.reply()
    assert STATUS not in talk.statuses()

    scene.say(talk, "mallory", "/evidence run")

    assert "PERM_DENIED" in talk.reply()

"""A candidate's image: built and tried out in dev, reported when it fails, archived at the end."""

import json
import os
import re
import subprocess
import sys

import pytest

from bot.sandbox.demo import material
from bot.sandbox.world import PROJECT, terminal_environment
from tests.conversations.azure import Production
from tests.conversations.scene import Scene
from tests.conversations.talk import Talk

LONG = "Scaling to the unit range " * 50
BASE = re.compile(r"base sha256:[0-9a-f]{64}$")


@pytest.fixture
def scene(shared_scene: Scene) -> Scene:
    """Run the world of this file with everything in order."""
    shared_scene.azure.script(failing_images=[], failing_imports=[], unknown_images=[])
    return shared_scene


def image_comments(talk: Talk) -> list[str]:
    return [said.text for said in talk.by_bot() if said.kind == "image"]


def calls(talk: Talk) -> list[str]:
    return [said.text for said in talk.by_bot() if said.kind == "call"]


def close(scene: Scene, talk: Talk) -> None:
    talk.repository.get_pull(talk.number).edit(state="closed")
    scene.settle()


def test_an_image_is_built_on_a_base_that_is_known(scene: Scene) -> None:
    talk = scene.improve_logging("ada", "1.5.1")

    statuses, candidate = talk.statuses(), scene.candidate("ada", "1.5.1")
    assert statuses["envbot/candidate"] == (
        f"success, custom-tf-env:{candidate} is registered and built in dev"
    )
    assert statuses["envbot/image"].startswith("success, Built; base sha256:")
    assert BASE.search(statuses["envbot/image"])
    assert f"**Image of `custom-tf-env:{candidate}`:** `Built; base sha256:" in talk.summary()
    assert image_comments(talk) == []


def test_a_base_that_cannot_be_resolved_is_said_to_be_so(scene: Scene) -> None:
    scene.azure.script(unknown_images=["mcr.microsoft.com/*"])

    talk = scene.improve_logging("ada", "1.5.2")

    assert talk.statuses()["envbot/image"] == (
        "success, Built; base not resolved: the registry does not know it"
    )


@pytest.mark.parametrize(
    ("version", "script", "log"),
    [
        pytest.param(
            "1.5.3", {"failing_images": ["custom-tf-env:1.5.3-*"]}, "scripted==0.0.0", id="build"
        ),
        pytest.param(
            "1.5.4",
            {"failing_imports": ["sensor_scoring.score"]},
            "No module named 'sensor_scoring.score'",
            id="import",
        ),
    ],
)
def test_a_failure_is_told_with_its_log_and_tried_again_on_demand(
    scene: Scene, version: str, script: dict[str, list[str]], log: str
) -> None:
    scene.azure.script(**script)
    talk = scene.improve_logging("ada", version)

    candidate = f"custom-tf-env:{scene.candidate('ada', version)}"
    assert talk.statuses()["envbot/candidate"] == (
        f"failure, {candidate} is registered in dev, its image could not be built"
    )
    [said] = image_comments(talk)
    assert said.startswith(f"### 🔴 The image of `{candidate}` could not be built or used")
    assert log in said
    assert "attempt 1 of 3" in said

    scene.azure.script(failing_images=[], failing_imports=[])
    scene.say(talk, "ada", "/evidence")

    assert talk.statuses()["envbot/candidate"] == (
        f"success, {candidate} is registered and built in dev"
    )
    [said] = image_comments(talk)
    assert said.startswith(f"### 🟢 The image of `{candidate}` was built")


def test_a_failure_is_not_repeated_by_the_schedule(scene: Scene) -> None:
    scene.azure.script(failing_images=["custom-tf-env:1.5.5-*"])
    talk = scene.improve_logging("ada", "1.5.5")
    before = (talk.status_ids(), image_comments(talk))

    scene.dispatch("schedule.yml")

    assert (talk.status_ids(), image_comments(talk)) == before


def test_candidates_and_calls_live_as_long_as_their_pull_request_is_open(scene: Scene) -> None:
    talk = scene.improve_logging("ada", "1.5.6")
    scene.push_evidence("ada", "1.5.6")
    first = scene.candidate("ada", "1.5.6")
    assert calls(talk)
    other = scene.improve_logging("ada", "1.5.7")
    second = scene.candidate("ada", "1.5.7")
    assert {first, second} <= visible(scene)

    close(scene, talk)

    assert {first, second} & visible(scene) == {second}
    assert "Archived 1 of " in scene.log("candidate")
    assert not calls(talk)
    close(scene, other)
    assert {first, second} & visible(scene) == set()
    assert "1.5.0" in visible(scene)

    talk.repository.get_pull(talk.number).edit(state="open")
    scene.settle()

    assert {first, second} & visible(scene) == {first}
    assert talk.statuses()["envbot/candidate"].startswith("success")
    assert calls(talk)


def test_another_major_is_released_on_the_strength_of_its_image(scene: Scene) -> None:
    author = scene.person("ada")
    author.begin_branch("another-major")
    scene.azure.script(failing_imports=["sensor_scoring.score"])
    spec = material.at_version(author.read(material.SPEC), "2.0.0", "Scale to the unit range")
    spec = spec.replace('backward_compatible: "true"', 'backward_compatible: "false"')
    spec = spec.replace('requires_retrain: "false"', 'requires_retrain: "true"')
    spec = spec.replace('breaking_changes: ""', f'breaking_changes: "{LONG}"')
    score = author.read(material.SCORE) + "\nUNIT_RANGE = float(1)\n"
    author.commit("Scale to the unit range", {material.SPEC: spec, material.SCORE: score})
    talk = scene.open("ada", "Scale to the unit range")
    scene.push_evidence("ada", "2.0.0")
    scene.azure.script(failing_imports=[])

    scene.say(talk, "marie", "/promote registry")
    assert "Not done: the gate to the registry is not open" in talk.reply()
    scene.say(talk, "ada", "/evidence")
    scene.say(talk, "marie", "/promote registry")

    assert "No production model was tested on it" in talk.reply()
    assert "no production deployment changes at this merge" in talk.reply()
    # Azure takes 1,000 characters of a tag; the record keeps what its copy does not have.
    assert recorded_tags(scene, "2.0.0") == {"breaking_changes": LONG}

    scene.approve(talk, "lise", "grace")
    assert talk.statuses()["envbot/release"] == (
        "success, Approved: custom-tf-env:2.0.0 may be merged"
    )
    listed = json.loads(in_terminal(scene, "environments", "--format", "json"))
    [entry] = [one for one in listed["versions"] if one["version"].startswith("2.0.0-rc.g")]
    assert (entry["places"], entry["archived"]) == (["dev", "registry"], [])
    fitting = in_terminal(scene, "environments", "--compatible")
    assert "2.0.0" not in fitting


def recorded_tags(scene: Scene, version: str) -> dict[str, str]:
    """Return the tags that the record of a version keeps."""
    ada = scene.person("ada")
    ada._run("fetch", "--quiet", "origin", f"refs/envbot/promotions/custom-tf-env/{version}")
    tags: dict[str, str] = json.loads(ada._run("show", "FETCH_HEAD:promotion.json"))["tags"]
    return tags


def in_terminal(scene: Scene, *arguments: str) -> str:
    """Return what `envbot` prints for somebody with a checkout and every right on Azure."""
    folder = scene.person("ada").folder
    variables = {**os.environ, **terminal_environment(scene.world.state)}
    return subprocess.run(
        [sys.executable, "-m", "bot", *arguments],
        cwd=folder,
        env={**variables, "PYTHONPATH": str(PROJECT)},
        check=True,
        capture_output=True,
        text=True,
    ).stdout


def visible(scene: Scene) -> set[str]:
    """Return the versions of dev that lists show."""
    with Production(scene.world) as azure:
        return azure.dev_versions("custom-tf-env")

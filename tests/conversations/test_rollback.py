"""A release that is taken back with /rollback, and asked for again."""

from typing import Any

import pytest

from bot.sandbox.demo import material
from tests.conversations.azure import Production
from tests.conversations.conftest import Golden
from tests.conversations.scene import LAGGARD, Scene
from tests.conversations.talk import Talk

VERSION = "1.5.1"
NEWER = "P002/C002"
ASK = '/rollback --reason "Alerts rise in P001"'


@pytest.fixture(scope="module")
def released(shared_scene: Scene) -> Talk:
    """Release a version, then let somebody deploy a model that was made with it."""
    scene = shared_scene
    talk = scene.improve_logging("ada", VERSION)
    scene.push_evidence("ada", VERSION)
    scene.say(talk, "marie", "/promote registry")
    for login in ("lise", "grace"):
        scene.approve(talk, login)
    scene.merge(talk, "lise")
    with Production(scene.world) as production:
        name = f"sensor_model_{NEWER.replace('/', '_')}"
        production.register_model(name, "2", {"environment_version": VERSION})
        production.deploy_model(NEWER, name, "2")
    talk.news()
    return talk


@pytest.fixture(scope="module")
def back(shared_scene: Scene, released: Talk) -> Talk:
    """Ask for the rollback of it."""
    shared_scene.say(released, "lise", ASK)
    return Talk(released.repository, released.number + 1)


def ours(scene: Scene) -> dict[str, Any]:
    """Return what each circuit runs, with the tags that tell of a rollback."""
    with Production(scene.world) as production:
        found = production.deployments()
    return {
        circuit: (
            one["environmentId"].rpartition("/")[2],
            one["tags"].get("rolled_back_by"),
            one["tags"].get("rollback_reason"),
        )
        for circuit, one in found.items()
    }


def test_a_rollback_is_asked_for_opened_approved_and_applied(
    shared_scene: Scene, released: Talk, back: Talk, golden: Golden
) -> None:
    scene = shared_scene
    golden.matches("1-asked-for", released.news())
    golden.matches("2-opened", back.news())
    scene.say(released, "marie", "/rollback")
    assert "It is open already" in released.by_bot()[-1].text

    scene.approve(back, "lise")
    golden.matches("3-approved-by-who-asked", back.news())
    scene.approve(back, "marie")
    back.news()
    scene.merge(back, "marie", failing=("apply",))
    golden.matches("4-rolled-back", back.news())
    went = ("1.5.0", "lise", f"#{back.number} Roll back #{released.number}: Alerts rise in P001")
    expected = dict.fromkeys(("P001/C001", "P001/C002", "P001/C003", "P002/C001"), went)
    untouched = {LAGGARD: ("1.4.9", None, None), NEWER: (VERSION, None, None)}
    assert ours(scene) == expected | untouched

    author = scene.person("ada")
    author.begin_branch("again")
    files = {
        material.SCORE: material.better_logging(author.read(material.SCORE)),
        material.SPEC: material.at_version(author.read(material.SPEC), VERSION, "Log more"),
    }
    author.commit("Improve logging of predictions", files)
    again = scene.open("ada", "Improve logging, again")
    golden.matches("5-asked-for-again", again.news())

    scene.say(again, "ada", f"/bump {VERSION}")

    assert "was rolled back" not in again.summary()
    assert "**5 circuits in production would change.**" in again.summary()

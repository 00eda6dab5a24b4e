"""A release that is taken back with /rollback, and asked for again."""

from typing import Any

import pytest

from bot.sandbox.demo import material
from tests.conversations.azure import Production
from tests.conversations.conftest import Golden
from tests.conversations.rogue import approve_at_once, read_main
from tests.conversations.scene import LAGGARD, Scene
from tests.conversations.talk import Talk
from tests.conversations.test_attacks_on_production import config_of, models, propose_pin, release

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


def test_a_rollback_that_was_retried_counts_all_that_it_returned(own_scene: Scene) -> None:
    scene = own_scene
    talk = release(scene)
    scene.merge(talk, "lise")
    scene.say(talk, "lise", "/rollback")
    back = Talk(talk.repository, talk.number + 1)
    approve_at_once(scene, back, "marie")
    failing = "batch-endpoint-plant-P002/deployments/deployment-circuit-C001"
    lost = {"resource": failing, "code": "InternalError", "message": "A node was lost."}
    scene.azure.script(operation_failures=[lost])
    scene.merge(back, "marie", failing={"apply"})
    assert "- [ ] All run their earlier environment: 4 of 5 were" in back.by_bot()[-1].text

    scene.azure.script(operation_failures=[])
    scene.say(back, "marie", "/retry --failed")

    said = next(one.text for one in back.by_bot() if one.kind == "apply")
    assert "- [x] All run their earlier environment: 5 of 5 were read back" in said


def test_the_first_model_that_main_named_goes_back_to_the_one_that_ran(own_scene: Scene) -> None:
    scene, circuit = own_scene, "P001/C001"
    talk = propose_pin(scene, circuit)
    approve_at_once(scene, talk, "lise", "grace")
    scene.merge(talk, "lise")
    assert models(scene)[circuit] == "2"

    scene.say(talk, "lise", "/rollback")
    back = Talk(talk.repository, talk.number + 1)
    assert "It is no rollback (sets a value that main did not hold at" in talk.reply()
    assert "| P001/C001 | model 2 | model 1 |" in back.summary()

    approve_at_once(scene, back, "marie", "grace")
    scene.merge(back, "marie")
    assert models(scene)[circuit] == "1"


def test_a_revert_that_only_stops_to_name_a_model_says_that_it_stays(own_scene: Scene) -> None:
    scene, path = own_scene, config_of("P001/C001")
    before = read_main(scene, path)
    talk = propose_pin(scene, "P001/C001")
    approve_at_once(scene, talk, "lise", "grace")
    scene.merge(talk, "lise")

    back = scene.propose("ada", "revert", "Revert", {path: before})

    assert "**0 circuits in production would change.**" in back.summary()
    assert "⚠️ The model stays: P001/C001." in back.summary()

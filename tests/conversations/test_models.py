"""What the test of all models says: of failures, of lost nodes, of configs that disagree."""

from tests.conversations.azure import Production
from tests.conversations.conftest import Golden
from tests.conversations.rogue import may_bypass, push_to_main, read_main
from tests.conversations.scene import Scene

VERSION = "1.5.4"
CONFIG = "config/plants/P001/C001.yml"


def test_one_failing_model_stops_the_release_until_a_retry_passes(
    scene: Scene, golden: Golden
) -> None:
    talk = scene.improve_logging("ada", VERSION)
    scene.push_evidence("ada", VERSION)
    talk.news()

    scene.azure.script(failing_models=["sensor_model_P001_C002"])
    try:
        scene.say(talk, "marie", "/promote registry")
    finally:
        scene.azure.script(failing_models=[])
    assert talk.statuses()["envbot/release"].startswith("pending")
    golden.matches("1-one-model-failed", talk.news())

    scene.say(talk, "marie", "/retry")
    golden.matches("2-all-passed", talk.news())


def test_what_azure_lost_is_submitted_again_and_counted(scene: Scene) -> None:
    talk = scene.improve_logging("ada", "1.5.22")
    scene.push_evidence("ada", "1.5.22")
    talk.news()

    scene.azure.script(lost_models=["sensor_model_P001_C002"])
    try:
        scene.say(talk, "marie", "/promote registry")
    finally:
        scene.azure.script(lost_models=[])

    news = talk.news()
    assert "all 6 production models passed" in news
    assert "| Steps that Azure lost | submitted again 1 time |" in news


def test_a_model_that_no_config_asks_for_is_tested_and_named(own_scene: Scene) -> None:
    with Production(own_scene.world) as production:
        production.register_model("sensor_model_P001_C001", "9", {"environment_version": "1.5.0"})
        production.deploy_model("P001/C001", "sensor_model_P001_C001", "9")
    may_bypass(own_scene, "ada")
    pinned = f'{read_main(own_scene, CONFIG)}deployment:\n  model_version: "5"\n'
    push_to_main(own_scene, "Say which model runs", {CONFIG: pinned}, ["apply"])
    talk = own_scene.improve_logging("ada", VERSION)
    own_scene.push_evidence("ada", VERSION)
    talk.news()

    own_scene.say(talk, "marie", "/promote registry")

    news = talk.news()
    assert "5 of 6" in news
    assert "sensor_model_P001_C001:9 is not in the test workspace" in news
    assert "P001/C001: config says model 5, production runs 9" in news

"""A production model that does not pass on the candidate."""

from tests.conversations.conftest import Golden
from tests.conversations.scene import Scene

VERSION = "1.5.4"


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

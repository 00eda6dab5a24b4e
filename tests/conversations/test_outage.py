"""Azure is gone in the middle of a command, and comes back."""

from tests.conversations.conftest import Golden
from tests.conversations.scene import Scene

VERSION = "1.5.1"


def test_an_outage_is_told_and_the_command_can_be_repeated(
    own_scene: Scene, golden: Golden
) -> None:
    talk = own_scene.improve_logging("ada", VERSION)
    own_scene.push_evidence("ada", VERSION)
    talk.news()

    own_scene.lose_azure()
    own_scene.say(talk, "marie", "/promote registry", failing=["cloud"])
    golden.matches("1-azure-is-gone", talk.news())
    assert own_scene.log("cloud").endswith("Ended with code 1.\n")

    own_scene.regain_azure()
    own_scene.say(talk, "marie", "/promote registry")
    golden.matches("2-azure-is-back", talk.news())

"""Whoever approved what main is judged by, and has left since."""

from tests.conversations.rogue import approve_at_once, read_main
from tests.conversations.scene import Scene
from tests.conversations.test_attacks_on_production import POLICY, models, propose_pin

CIRCUIT = "P001/C002"


def leave(scene: Scene, login: str) -> None:
    """Take somebody's access to the repository away."""
    scene.administer("collaborators", {"login": login, "permission": "none"})


def test_a_manager_hands_over_and_leaves_and_production_goes_on(own_scene: Scene) -> None:
    policy = read_main(own_scene, POLICY)
    by_lise = policy.replace("[marie, lise]", "[marie]").replace("[grace]", "[lise]")
    handover = own_scene.propose("ada", "handover", "Lise follows Grace", {POLICY: by_lise})
    approve_at_once(own_scene, handover, "marie", "grace")
    own_scene.merge(handover, "lise")
    leave(own_scene, "grace")

    pin = propose_pin(own_scene, CIRCUIT)
    approve_at_once(own_scene, pin, "marie", "lise")
    own_scene.merge(pin, "lise")

    assert models(own_scene)[CIRCUIT] == "2"

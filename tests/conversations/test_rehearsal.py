"""What an apply would do, done in the test workspace by an identity that can do no more."""

from tests.conversations.azure import Production
from tests.conversations.scene import Scene

CIRCUIT = "P001/C001"


def writes(log: list[dict[str, str]]) -> list[str]:
    return [one["target"] for one in log if one["method"] in ("PUT", "PATCH", "DELETE")]


def test_a_rehearsal_writes_what_the_test_workspace_has_and_production_not(
    own_scene: Scene,
) -> None:
    scene = own_scene
    with Production(scene.world) as azure:
        azure.copy_to_test(CIRCUIT, "1.4.9")
        before = azure.deployments()

        scene.dispatch("rehearse.yml")

        assert azure.test_versions() == {CIRCUIT: "1.5.0"}
        assert azure.deployments() == before
    assert "Ended with code 0" in scene.log("rehearse")
    assert "1 to update · 0 unchanged · 5 missing" in scene.log("rehearse")

    seen = max(entry["seq"] for entry in scene.azure.log())
    scene.dispatch("rehearse.yml")
    assert writes(scene.azure.log(after=seen)) == []

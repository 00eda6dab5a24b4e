"""A pull request that changes configs alone, and one that nobody approved."""

from tests.conversations.azure import Production
from tests.conversations.conftest import Golden
from tests.conversations.scene import Scene
from tests.conversations.talk import Talk, normalised

PIN = 'deployment:\n  model_version: "2"\n'
MODEL = "sensor_model_P001_C002"


def open_pin(scene: Scene) -> Talk:
    """Open a pull request that makes one circuit run the second version of its model."""
    with Production(scene.world) as production:
        production.register_model(MODEL, "2", {"environment_version": "1.5.0"})
    ada = scene.person("ada")
    ada.begin_branch("newer-model")
    path = "config/plants/P001/C002.yml"
    files = {path: ada.read(path) + PIN}
    return scene.propose("ada", "newer-model", "Run the retrained model of P001/C002", files)


def test_a_config_alone_passes_the_production_gate_and_moves_its_circuit(
    own_scene: Scene, golden: Golden
) -> None:
    talk = open_pin(own_scene)
    golden.matches("1-opened", talk.news())
    own_scene.approve(talk, "lise", "grace")
    golden.matches("2-approved", talk.news())
    with Production(own_scene.world) as production:
        before = production.deployments()

    own_scene.merge(talk, "lise")

    golden.matches("3-applied", talk.news())
    with Production(own_scene.world) as production:
        after = production.deployments()
    assert [name for name in before if before[name] != after[name]] == ["P001/C002"]
    assert after["P001/C002"]["model"]["assetId"].endswith(f"/{MODEL}/versions/2")


def test_a_merge_that_nobody_approved_reaches_main_but_not_production(
    own_scene: Scene, golden: Golden
) -> None:
    talk = open_pin(own_scene)
    talk.news()
    own_scene.administer("settings", {"bypass_actors": ["lise"]})
    with Production(own_scene.world) as production:
        before = production.deployments()

    own_scene.merge(talk, "lise", failing=("apply",))

    golden.matches("1-merged", talk.news())
    golden.matches("2-log-of-the-apply", normalised(own_scene.log("apply"), talk.number))
    with Production(own_scene.world) as production:
        assert production.deployments() == before


def test_a_model_that_production_does_not_have_keeps_a_config_from_being_merged(
    own_scene: Scene,
) -> None:
    ada = own_scene.person("ada")
    ada.begin_branch("newer-model")
    path = "config/plants/P001/C002.yml"
    talk = own_scene.propose("ada", "newer-model", "Run model 2", {path: ada.read(path) + PIN})

    own_scene.approve(talk, "lise", "grace")

    absent = "P001/C002 would run sensor_model_P001_C002:2, which production does not have"
    assert talk.statuses()["envbot/release"] == f"failure, Blocked: {absent}"
    summary = talk.summary()
    assert "`ada` — Register the model in production, or correct" in summary
    with Production(own_scene.world) as production:
        production.register_model(MODEL, "2", {"environment_version": "1.5.0"})

    own_scene.dispatch("schedule.yml")

    assert talk.statuses()["envbot/release"].startswith("success")


def test_a_version_that_lost_its_image_is_neither_merged_nor_written(own_scene: Scene) -> None:
    ada, path = own_scene.person("ada"), "config/plants/P001/C001.yml"
    ada.begin_branch("earlier")
    text = ada.read(path).replace("'1.5.0'", "'1.4.9'")
    talk = own_scene.propose("ada", "earlier", "Run the earlier environment", {path: text})
    own_scene.azure.script(gone_images=["custom-tf-env:1.4.9"])

    own_scene.approve(talk, "lise", "grace")

    gone = "failure, Blocked: the image of environment custom-tf-env:1.4.9 cannot be had"
    assert talk.statuses()["envbot/release"] == gone
    assert "/azureml/azureml_" in talk.summary()
    own_scene.azure.script(gone_images=[])
    own_scene.dispatch("schedule.yml")
    assert talk.statuses()["envbot/release"].startswith("success")

    own_scene.azure.script(gone_images=["custom-tf-env:1.4.9"])
    own_scene.merge(talk, "lise", failing=("apply",))

    assert "ENV_IMAGE_GONE" in own_scene.log("apply")
    with Production(own_scene.world) as production:
        assert production.versions()["P001/C001"] == "1.5.0"
    own_scene.azure.script(gone_images=[])

    own_scene.say(talk, "lise", "/retry")

    with Production(own_scene.world) as production:
        assert production.versions()["P001/C001"] == "1.4.9"

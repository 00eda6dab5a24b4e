"""Pull requests that were green at the same time, merged before envbot could look again."""

from tests.conversations.rogue import approve_at_once, read_main
from tests.conversations.scene import CIRCUITS, LAGGARD, Scene
from tests.conversations.talk import Talk
from tests.conversations.test_attacks_on_production import (
    HELD_BACK,
    POLICY,
    VERSION,
    config_of,
    models,
    propose_pin,
    register_second_model,
    release,
    versions,
)

MOVED, HELD = "P001/C002", LAGGARD


def tune(scene: Scene) -> Talk:
    policy = read_main(scene, POLICY)
    tuned = policy.replace("failure_budget: 5", "failure_budget: 6")
    assert tuned != policy
    return scene.propose("ada", "tune", "Stop later", {POLICY: tuned})


def retrain_held(scene: Scene) -> Talk:
    """Open a pull request that gives the circuit which the release leaves alone another model."""
    register_second_model(scene, HELD)
    path = config_of(HELD)
    named = read_main(scene, path).replace("deployment:", 'deployment:\n  model_version: "2"')
    return scene.propose("ada", "newer-model-held", f"Retrain {HELD}", {path: named})


def test_a_release_overtakes_what_was_green_beside_it(own_scene: Scene) -> None:
    beside = [tune(own_scene), retrain_held(own_scene), propose_pin(own_scene, MOVED)]
    for talk in beside:
        approve_at_once(own_scene, talk, "lise", "grace")
    first = release(own_scene)

    lise = own_scene.person("lise")
    for talk in (first, *beside):
        lise.merge(talk.number)
    own_scene.settle(HELD_BACK)

    assert "failure_budget: 6" in read_main(own_scene, POLICY)
    assert (models(own_scene)[HELD], versions(own_scene)[HELD]) == ("2", "1.4.9")
    # The model was approved, and so was the environment; but nobody has tried the two together.
    assert models(own_scene)[MOVED] == "1"
    told = beside[-1].by_bot()[-1].text
    assert "Model sensor_model_P001_C002:2 was not tested on custom-tf-env:1.5.1." in told
    others = {name for name, version in versions(own_scene).items() if version == VERSION}
    assert others - {MOVED} == set(CIRCUITS) - {HELD, MOVED}

"""Circuits that are new on main: production gets their deployments, made of the template."""

from tests.conversations.azure import Production
from tests.conversations.rogue import (
    approve_at_once,
    kill_apply_once_it_writes,
    may_bypass,
    push_to_main,
    read_main,
)
from tests.conversations.scene import Scene
from tests.conversations.talk import Talk

DRIVER = "deployment/batch_driver.py"
NEW = ("P001/C009", "P009/C001", "P009/C002")
LATE = "P001/C008"


def config_of(circuit: str) -> str:
    plant, _, number = circuit.partition("/")
    return (
        f'plant_id: "{plant}"\ncircuit_id: "{number}"\n'
        'training: {cutoff_date: "2025-12-09", environment_version: "1.5.0"}\n'
        'deployment: {model_version: "1"}\n'
    )


def propose(scene: Scene, *circuits: str) -> Talk:
    """Open a pull request that adds circuits whose models production has."""
    with Production(scene.world) as production:
        for circuit in circuits:
            name = f"sensor_model_{circuit.replace('/', '_')}"
            production.register_model(name, "1", {"environment_version": "1.5.0"})
    files = {f"config/plants/{circuit}.yml": config_of(circuit) for circuit in circuits}
    branch = f"add-{circuits[0].replace('/', '-')}"
    scene.person("ada").begin_branch(branch)
    return scene.propose("ada", branch, f"Add {circuits[0]}", files)


def written(scene: Scene, after: int) -> list[str]:
    """Return what was put below the endpoints of production since a number of the log."""
    puts = [one["target"] for one in scene.azure.log(after=after) if one["method"] == "PUT"]
    return [
        target.partition("?")[0].partition("/batchEndpoints/")[2]
        for target in puts
        if "/batchEndpoints/" in target
    ]


def listed(scene: Scene, after: int) -> list[str]:
    """Return what was listed of endpoints and deployments since a number of the log."""
    gets = [one["target"] for one in scene.azure.log(after=after) if one["method"] == "GET"]
    paths = [target.partition("?")[0] for target in gets]
    return [path for path in paths if path.endswith(("/batchEndpoints", "/deployments"))]


def now(scene: Scene) -> int:
    return int(scene.azure.log()[-1]["seq"])


def propose_and_approve(scene: Scene, *circuits: str) -> Talk:
    talk = propose(scene, *circuits)
    approve_at_once(scene, talk, "lise", "grace")
    return talk


def lose_the_machine_in_mid_apply(scene: Scene, talk: Talk) -> None:
    scene.azure.script(operation_seconds=3.0)
    scene.person("lise").merge(talk.number)
    kill_apply_once_it_writes(scene)
    scene.settle(failing=["apply"])
    scene.azure.script(operation_seconds=0.0)


def test_new_circuits_get_deployments_although_the_machine_is_lost(own_scene: Scene) -> None:
    talk = propose_and_approve(own_scene, *NEW)
    with Production(own_scene.world) as production:
        before = production.deployments()
    start = now(own_scene)

    lose_the_machine_in_mid_apply(own_scene, talk)
    own_scene.dispatch("apply.yml")

    with Production(own_scene.world) as production:
        after = production.deployments()
    assert after == {**after, **before}
    assert after.keys() - before.keys() == set(NEW)
    runs = {name: after[name]["model"]["assetId"].rpartition("/models/")[2] for name in NEW}
    assert runs == {name: f"sensor_model_{name.replace('/', '_')}/versions/1" for name in NEW}
    assert {after[name]["errorThreshold"] for name in NEW} == {0}
    puts = written(own_scene, start)
    assert sorted(set(puts)) == sorted(puts), "something was made twice"
    assert len(puts) == len(NEW) + 1  # one endpoint, of the new plant

    converged = now(own_scene)
    own_scene.dispatch("apply.yml")

    assert written(own_scene, converged) == []
    assert len(listed(own_scene, converged)) == 1 + 3  # the endpoints, and one for each


def test_who_asks_for_what_is_lacking_is_told_and_a_retry_of_it_claims_nothing(
    own_scene: Scene,
) -> None:
    other, new = "config/plants/P001/C002.yml", config_of(LATE).partition("deployment:")[0]
    pinned = f'{read_main(own_scene, other).rstrip()}\ndeployment:\n  model_version: "9"\n'
    files = {f"config/plants/{LATE}.yml": new, other: pinned}
    talk = own_scene.propose("ada", "too-little", f"Add {LATE}", files)
    approve_at_once(own_scene, talk, "lise", "grace")
    may_bypass(own_scene, "lise")  # the model is not there, which keeps it from being merged

    own_scene.merge(talk, "lise", failing={"apply"})

    told = next(said.text for said in talk.by_bot() if said.kind == "apply")
    assert f"| 🟡 `{LATE}` | missing | not there; `deployment.model_version` must say" in told
    own_scene.say(talk, "lise", "/retry")
    asked = next(said for said in talk.comments() if said.body == "/retry")
    assert "-1" in asked.reactions
    assert "rocket" not in asked.reactions
    before = max(call["id"] for call in own_scene.calls())
    own_scene.dispatch("apply.yml", failing={"apply"})
    assert [call["path"] for call in own_scene.calls(before) if call["method"] != "GET"] == []


def test_nothing_is_made_of_a_driver_that_nobody_approved(own_scene: Scene) -> None:
    may_bypass(own_scene, "ada", "lise")
    push_to_main(own_scene, "Mend", {DRIVER: f"{read_main(own_scene, DRIVER)}\nimport os\n"})
    talk = propose_and_approve(own_scene, LATE)

    own_scene.merge(talk, "lise", failing={"apply"})

    with Production(own_scene.world) as production:
        assert LATE not in production.deployments()
    assert "or deployment on main is not what was approved" in talk.by_bot()[-1].text

"""Whoever wants production to run what was never approved, or never to run what was."""

from bot.sandbox.azureml.registry import RegistrySpec
from bot.sandbox.azureml.seed import REGISTRY_GROUP
from bot.sandbox.world import sample_platform
from tests.conversations.azure import Production
from tests.conversations.conftest import Golden
from tests.conversations.rogue import (
    approve_at_once,
    delete_refs,
    kill_apply_once_it_writes,
    may_bypass,
    push_to_main,
    read_main,
    write_ref,
)
from tests.conversations.scene import CIRCUITS, LAGGARD, Scene
from tests.conversations.talk import Talk

POLICY, PLATFORM = "config/policy.yml", "config/platform.yml"
VERSION = "1.5.1"
SUBSCRIPTION = sample_platform().subscription_id
THEIRS = RegistrySpec(SUBSCRIPTION, REGISTRY_GROUP, "theirs", "canadacentral")
LEFT = '{"claim": "mine", "owner": "", "expires_at": "2020-01-01T00:00:00Z", "pulls": [999999]}\n'
FOR_EVER = '{"claim": "mine", "owner": "", "expires_at": "2999-01-01T00:00:00Z"}\n'

# An apply that leaves alone what main asks for fails.
HELD_BACK = ("apply",)


def weakened(policy: str) -> str:
    """Return a policy by which no manager is asked."""
    found = policy.replace(", engineering-managers]", "]")
    assert found != policy
    return found


def config_of(circuit: str) -> str:
    return f"config/plants/{circuit}.yml"


def pinned(config: str) -> str:
    """Return a circuit's config that asks for the second version of its model."""
    return f'{config.rstrip()}\ndeployment:\n  model_version: "2"\n'


def register_second_model(scene: Scene, circuit: str) -> None:
    with Production(scene.world) as production:
        name = f"sensor_model_{circuit.replace('/', '_')}"
        production.register_model(name, "2", {"environment_version": "1.5.0"})


def models(scene: Scene) -> dict[str, str]:
    """Return which model version each circuit runs."""
    with Production(scene.world) as production:
        found = production.deployments().items()
    return {name: one["model"]["assetId"].rpartition("/")[2] for name, one in found}


def propose_pin(scene: Scene, circuit: str) -> Talk:
    """Open a pull request that makes a circuit run the second version of its model."""
    register_second_model(scene, circuit)
    path, name = config_of(circuit), circuit.replace("/", "-")
    files = {path: pinned(read_main(scene, path))}
    return scene.propose("ada", f"newer-model-{name}", f"Retrain {circuit}", files)


def release(scene: Scene) -> Talk:
    """Bring a release to the point where a merge is all that is missing."""
    talk = scene.improve_logging("ada", VERSION)
    scene.push_evidence("ada", VERSION)
    scene.say(talk, "marie", "/promote registry")
    approve_at_once(scene, talk, "lise", "grace")
    assert talk.statuses()["envbot/release"].startswith("success")
    return talk


def versions(scene: Scene) -> dict[str, str]:
    with Production(scene.world) as production:
        return production.versions()


def test_another_registry_pushed_to_main_is_used_nowhere(own_scene: Scene) -> None:
    with Production(own_scene.world) as production:
        before = production.deployments()
    may_bypass(own_scene, "ada")

    platform = read_main(own_scene, PLATFORM)
    elsewhere = platform.replace("registry: amlregcc01", f"registry: {THEIRS.name}")
    assert elsewhere != platform
    own_scene.azure.add_registry(THEIRS)
    with Production(own_scene.world) as production:
        for version in ("1.4.9", "1.5.0"):
            production.copy_to_registry(THEIRS.name, "custom-tf-env", version)
    push_to_main(own_scene, "Move the registry", {PLATFORM: elsewhere}, HELD_BACK)

    with Production(own_scene.world) as production:
        assert production.deployments() == before
    log = own_scene.log("apply")
    assert "6 unapproved" in log
    assert "reached main without a merged pull request" in log


def test_rules_that_nobody_approved_judge_nothing(own_scene: Scene, golden: Golden) -> None:
    policy = read_main(own_scene, POLICY)
    files = {POLICY: weakened(policy)}
    weak = own_scene.propose("ada", "less-asking", "Ask less", files)
    may_bypass(own_scene, "ada")
    own_scene.merge(weak, "ada")
    may_bypass(own_scene)

    pin = propose_pin(own_scene, "P001/C002")
    approve_at_once(own_scene, pin, "lise", "grace")
    pin.news()
    own_scene.merge(pin, "lise", HELD_BACK)
    assert set(models(own_scene).values()) == {"1"}
    golden.matches("1-not-applied", pin.news())

    files = {POLICY: policy}
    restored = own_scene.propose("ada", "ask-again", "Ask as before", files)
    approve_at_once(own_scene, restored, "lise", "grace")
    own_scene.merge(restored, "lise")

    assert [name for name, model in models(own_scene).items() if model == "2"] == ["P001/C002"]


def test_an_approved_model_brings_no_version_that_was_pushed_before(own_scene: Scene) -> None:
    circuit = "P001/C002"
    may_bypass(own_scene, "ada")
    config = read_main(own_scene, config_of(circuit))
    older = config.replace("1.5.0", "1.4.9")
    push_to_main(own_scene, "Go back", {config_of(circuit): older}, HELD_BACK)
    may_bypass(own_scene)

    pin = propose_pin(own_scene, circuit)
    approve_at_once(own_scene, pin, "lise", "grace")
    own_scene.merge(pin, "lise", HELD_BACK)

    assert (versions(own_scene)[circuit], models(own_scene)[circuit]) == ("1.5.0", "1")
    assert "The environment version comes from commit" in pin.by_bot()[-1].text

    back = {config_of(circuit): pinned(config)}
    mended = own_scene.propose("ada", "mend", "Ask for what runs", back)
    approve_at_once(own_scene, mended, "lise", "grace")
    own_scene.merge(mended, "lise")

    assert (versions(own_scene)[circuit], models(own_scene)[circuit]) == ("1.5.0", "2")


def test_approvals_on_a_side_branch_say_nothing_about_main(own_scene: Scene) -> None:
    register_second_model(own_scene, "P001/C001")
    ada, path = own_scene.person("ada"), config_of("P001/C001")
    ada.begin_branch("side")
    ada.commit("Ask less", {POLICY: weakened(ada.read(POLICY))})
    ada._run("checkout", "--quiet", "-b", "newer-model")
    ada.commit("Retrain", {path: pinned(ada.read(path))})
    pull = ada.repository.create_pull(base="side", head="newer-model", title="Retrain", body="")
    own_scene.settle()
    own_scene.person("lise").approve(pull.number)
    own_scene.settle()

    may_bypass(own_scene, "ada")
    commit = ada.merge(pull.number)
    own_scene.settle()
    ada._run("fetch", "--quiet", "origin")
    ada._run("push", "--quiet", "origin", f"{commit}:refs/heads/main")
    own_scene.settle(HELD_BACK)

    assert set(models(own_scene).values()) == {"1"}
    assert "1 unapproved" in own_scene.log("apply")


def test_a_rollback_to_what_nobody_approved_changes_nothing(own_scene: Scene) -> None:
    register_second_model(own_scene, "P001/C001")
    path = config_of("P001/C001")
    config = read_main(own_scene, path)
    may_bypass(own_scene, "ada")
    push_to_main(own_scene, "Retrain", {path: pinned(config)}, HELD_BACK)
    approved = propose_pin(own_scene, "P001/C002")
    approve_at_once(own_scene, approved, "lise", "grace")
    own_scene.merge(approved, "lise", HELD_BACK)
    push_to_main(own_scene, "Take it back", {path: config})
    may_bypass(own_scene)

    files = {path: pinned(config)}
    talk = own_scene.propose("ada", "back-again", "Roll back P001/C001", files)
    own_scene.approve(talk, "lise")
    own_scene.merge(talk, "lise", HELD_BACK)

    assert [name for name, model in models(own_scene).items() if model == "2"] == ["P001/C002"]
    assert "The state it returns to was never approved." in talk.by_bot()[-1].text


def test_a_model_deployed_after_the_tests_is_left_alone(own_scene: Scene, golden: Golden) -> None:
    talk = release(own_scene)
    talk.news()
    register_second_model(own_scene, "P001/C001")
    with Production(own_scene.world) as production:
        production.deploy_model("P001/C001", "sensor_model_P001_C001", "2")
    write_ref(own_scene, "refs/envbot/locks/production", "lease.json", FOR_EVER)

    own_scene.merge(talk, "lise", HELD_BACK)

    expected = {**dict.fromkeys(CIRCUITS, VERSION), LAGGARD: "1.4.9", "P001/C001": "1.5.0"}
    assert versions(own_scene) == expected
    golden.matches("1-applied", talk.news())


def test_a_lease_that_names_pull_requests_which_are_none_keeps_no_apply_from_ending(
    own_scene: Scene,
) -> None:
    may_bypass(own_scene, "ada")
    write_ref(own_scene, "refs/envbot/locks/production", "lease.json", LEFT)

    push_to_main(own_scene, "Note", {"docs/note.md": "A note.\n"})

    assert "0 to update" in own_scene.log("apply")
    assert delete_refs(own_scene, "refs/envbot/locks/") == []


def test_a_killed_apply_does_not_keep_the_rollback_waiting(own_scene: Scene) -> None:
    talk = release(own_scene)
    assert delete_refs(own_scene, "refs/envbot/promotions/")
    before = versions(own_scene)
    own_scene.azure.script(operation_seconds=1.5)
    commit = own_scene.person("lise").merge(talk.number)
    kill_apply_once_it_writes(own_scene)
    own_scene.settle(failing=["apply"])
    own_scene.azure.script(operation_seconds=0.0)
    assert "5 to update" in own_scene.log("apply")
    assert versions(own_scene) != before

    ada = own_scene.person("ada")
    ada.begin_branch("revert")
    ada.revert(commit)
    back = own_scene.open("ada", "Revert: Improve logging of predictions")
    own_scene.approve(back, "marie")
    own_scene.merge(back, "marie")

    assert versions(own_scene) == before
    assert "## 🟢 Rolled back" in back.by_bot()[-1].text

"""People contest the class that was found: who may, for how long, and how it reads."""

from bot.sandbox.demo import material
from tests.conversations.azure import Production
from tests.conversations.conftest import Golden
from tests.conversations.scene import Scene
from tests.conversations.talk import Talk

NON_BREAKING = '/override class non-breaking --reason "we score on CPU, 2.14 gives the same values"'
BREAKING = '/override class breaking --reason "the new messages break the parser of the alerts"'


def newer_tensorflow(scene: Scene, branch: str, version: str) -> Talk:
    """Let ada declare a breaking change as a patch."""
    ada = scene.person("ada")
    ada.begin_branch(branch)
    files = {
        material.CONDA: material.newer_tensorflow(ada.read(material.CONDA)),
        material.SPEC: material.at_version(ada.read(material.SPEC), version, "Faster inference"),
    }
    return scene.propose("ada", branch, "Use a newer TensorFlow", files)


def test_an_approver_overrides_the_class_until_the_environment_changes(
    scene: Scene, golden: Golden
) -> None:
    talk = newer_tensorflow(scene, "contested", "1.5.7")
    talk.news()

    scene.say(talk, "ada", NON_BREAKING)
    golden.matches("1-not-by-the-author", talk.news())

    scene.say(talk, "lise", NON_BREAKING)
    golden.matches("2-by-an-approver", talk.news())

    scene.say(talk, "grace", "/status")
    golden.matches("3-status", talk.news())

    ada = scene.person("ada")
    ada.pull_branch()
    more = ada.read(material.CONDA).replace("2.14.0", "2.15.0")
    ada.commit("Take the next one", {material.CONDA: more})
    scene.settle()
    golden.matches("4-expired", talk.news())


def test_whoever_may_write_can_say_that_a_change_is_breaking(scene: Scene, golden: Golden) -> None:
    talk = scene.improve_logging("ada", "1.5.28")
    talk.news()

    scene.say(talk, "mallory", BREAKING)
    golden.matches("1-not-by-an-outsider", talk.news())

    scene.say(talk, "ada", BREAKING)
    golden.matches("2-tightened", talk.news())


def test_an_override_that_was_edited_counts_no_more(scene: Scene) -> None:
    talk = newer_tensorflow(scene, "edited", "1.5.9")
    scene.say(talk, "lise", NON_BREAKING)
    assert "overridden to non-breaking" in talk.summary()
    given = next(said for said in talk.comments() if said.author == "lise")

    issue = scene.person("ada").repository.get_issue(talk.number)
    issue.get_comment(given.id).edit(given.body.replace("CPU", "GPU"))
    scene.say(talk, "lise", "/evidence")

    assert "overridden" not in talk.summary()
    assert "failure, Blocked:" in talk.statuses()["envbot/release"]


def test_an_overridden_release_reaches_production_while_its_override_stands(
    own_scene: Scene,
) -> None:
    scene = own_scene
    talk = newer_tensorflow(scene, "stands", "1.5.1")
    release(scene, talk, "1.5.1")

    scene.merge(talk, "lise")

    assert running(scene) == {"1.5.1", "1.4.9"}


def test_an_override_taken_back_after_the_green_status_reaches_no_production(
    own_scene: Scene,
) -> None:
    scene = own_scene
    talk = newer_tensorflow(scene, "taken-back", "1.5.1")
    release(scene, talk, "1.5.1")
    given = next(said for said in talk.comments() if said.text == NON_BREAKING)
    scene.person("lise").repository.get_issue(talk.number).get_comment(given.id).delete()

    scene.merge(talk, "lise", failing=("apply",))

    assert running(scene) == {"1.5.0", "1.4.9"}
    applied = next(said.text for said in talk.by_bot() if said.kind == "apply")
    assert "Class, version or tags disagree" in applied


def release(scene: Scene, talk: Talk, version: str) -> None:
    """Bring a contested change to its green status."""
    scene.say(talk, "lise", NON_BREAKING)
    scene.push_evidence("ada", version)
    scene.say(talk, "marie", "/promote registry")
    scene.approve(talk, "lise", "grace")
    assert talk.statuses()["envbot/release"].startswith("success")


def running(scene: Scene) -> set[str]:
    """Return the environment versions that production runs."""
    with Production(scene.world) as production:
        return set(production.versions().values())

"""Gates as people meet them: the same words everywhere, one call to each, and no way round."""

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from github import GithubException

from bot.sandbox.demo import material
from tests.conversations.later import Later, later
from tests.conversations.scene import Scene
from tests.conversations.talk import Said, Talk

_METHOD_NOT_ALLOWED = 405


@dataclass(frozen=True)
class Moment:
    """How a pull request stood at one moment."""

    release: str
    reply: str
    summary: str
    calls: tuple[Said, ...]


@dataclass(frozen=True)
class Story:
    """A release on its way to all its approvals, moment by moment."""

    talk: Talk
    moments: dict[str, Moment]

    def called(self, moment: str) -> str:
        """Return the one call that stood there."""
        [call] = self.moments[moment].calls
        return call.text


def moment(talk: Talk) -> Moment:
    calls = tuple(said for said in talk.by_bot() if said.kind == "call")
    replies = [said.text for said in talk.by_bot() if said.kind == "reply"]
    return Moment(talk.statuses()["envbot/release"], "".join(replies[-1:]), talk.summary(), calls)


@pytest.fixture(scope="module")
def story(shared_scene: Scene) -> Story:
    """Play a release with one failing model until it might be merged."""
    scene, moments = shared_scene, {}
    talk = scene.improve_logging("ada", "1.5.1")
    moments["opened"] = moment(talk)
    scene.say(talk, "lise", "/status")
    moments["asked"] = moment(talk)
    scene.say(talk, "lise", "/promote registry")
    moments["promoted too early"] = moment(talk)
    for shown in ("1.5.10", "1.5.1-rc.g00000000"):
        notebook = material.evidence_notebook("custom-tf-env", shown)
        scene.push_evidence("ada", "1.5.1", notebook)
        scene.say(talk, "marie", "/promote registry")
        moments[f"evidence of {shown}"] = moment(talk)
    scene.push_evidence("ada", "1.5.1")
    moments["evidence"] = moment(talk)
    scene.say(talk, "ada", "/evidence")
    moments["evidence again"] = moment(talk)
    scene.azure.script(failing_models=["sensor_model_P001_C001"])
    scene.say(talk, "marie", "/promote registry")
    moments["failed"] = moment(talk)
    scene.azure.script(failing_models=[])
    scene.say(talk, "marie", "/retry")
    moments["tested"] = moment(talk)
    scene.approve(talk, "lise", "marie")
    moments["one group"] = moment(talk)
    assert merge_is_refused(scene, talk)
    scene.approve(talk, "grace")
    moments["both groups"] = moment(talk)
    return Story(talk, moments)


def merge_is_refused(scene: Scene, talk: Talk) -> bool:
    """Try to merge; tell whether GitHub's branch protection kept it from happening."""
    try:
        scene.person("grace").merge(talk.number)
    except GithubException as error:
        return error.status == _METHOD_NOT_ALLOWED
    return False


def test_comment_status_reply_and_refusal_say_the_same(story: Story) -> None:
    words = "There is no evidence notebook for this version."

    assert words in story.moments["opened"].summary
    assert story.moments["opened"].release == f"pending, Registry: {words.rstrip('.')}"
    assert words in story.moments["asked"].reply
    assert words in story.moments["promoted too early"].reply
    assert "EVIDENCE_MISSING" in story.moments["promoted too early"].reply


@pytest.mark.parametrize("shown", ["1.5.10", "1.5.1-rc.g00000000"])
def test_evidence_of_another_version_opens_nothing(story: Story, shown: str) -> None:
    reply = story.moments[f"evidence of {shown}"].reply

    assert "EVIDENCE_INVALID" in reply
    assert "Nothing was changed." in reply


def test_nobody_is_called_while_the_author_has_to_act(story: Story) -> None:
    assert story.moments["opened"].calls == story.moments["promoted too early"].calls == ()


def test_those_who_may_promote_are_called_once(story: Story) -> None:
    assert story.called("evidence").startswith("@lise @marie: the gate **registry** waits")
    assert story.moments["evidence again"].calls == story.moments["evidence"].calls


def test_failed_tests_call_those_who_may_repeat_them(story: Story) -> None:
    called = story.called("failed")

    assert called.startswith("@lise @marie: the gate **production** is closed: tests failed")
    assert "**Next:** `/retry`" in called


def test_the_call_for_approvals_shrinks_and_goes_and_is_not_repeated(story: Story) -> None:
    [asked], [left] = story.moments["tested"].calls, story.moments["one group"].calls

    assert asked.text.startswith("@lise @marie @grace: the gate **production** waits")
    assert (left.id, left.text.partition(":")[0]) == (asked.id, "@grace")
    assert story.moments["both groups"].calls == ()


def test_one_group_alone_opens_nothing(story: Story) -> None:
    missing = "Production: engineering-managers: 0 of 1 approvals"

    assert story.moments["one group"].release == f"pending, {missing}"
    assert story.moments["both groups"].release.startswith("success")


def test_a_push_after_the_approvals_voids_them(shared_scene: Scene) -> None:
    scene = shared_scene
    talk, ada = scene.improve_logging("ada", "1.5.2"), scene.person("ada")
    scene.push_evidence("ada", "1.5.2")
    scene.say(talk, "marie", "/promote registry")
    scene.approve(talk, "lise", "grace")
    assert talk.statuses()["envbot/release"].startswith("success")

    ada.pull_branch()
    ada.commit("Say more", {material.SCORE: f"{ada.read(material.SCORE)}# One more line.\n"})
    scene.settle()

    assert talk.statuses()["envbot/release"].startswith("pending, Registry: ")
    assert "lise approved other content than the head has now" in talk.summary()
    assert merge_is_refused(scene, talk)


@pytest.fixture
def day_later(
    shared_scene: Scene, story: Story, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Later]:
    """Return the day after a release was approved and not merged."""
    del story
    with later(shared_scene, monkeypatch) as time:
        time.pass_hours(25)
        yield time


def test_an_approved_release_expires_and_lives_again_when_approved_again(
    day_later: Later, story: Story
) -> None:
    time, talk = day_later, story.talk

    time.run("schedule", talk)
    expired = moment(talk)
    assert expired.release.startswith("pending, Production: The time to pass this gate ended at")
    assert "| Production | ⌛ |" in expired.summary
    assert merge_is_refused(time.scene, talk)
    [call] = expired.calls
    assert call.text.startswith("@grace @lise @marie: the gate **production** has expired")
    assert time.told(talk) == [("expired", ["grace", "lise", "marie"])]

    before = (talk.comments(), talk.status_ids())
    time.run("schedule", talk)
    assert (talk.comments(), talk.status_ids()) == before

    time.approve(talk, "lise")
    time.run("schedule", talk)
    again = moment(talk)
    assert again.release == "pending, Production: engineering-managers: 0 of 1 approvals"
    assert "grace approved before the gate expired, and must approve again" in again.summary
    assert time.told(talk)[1:] == [("waiting", ["grace"])]

    time.approve(talk, "grace")
    assert time.run("schedule", talk)["cloud"] == "true"
    time.run("cloud", talk)
    assert moment(talk).release.startswith("success")
    assert moment(talk).calls == ()


def test_a_registry_gate_that_has_expired_opens_when_the_evidence_is_looked_at_again(
    shared_scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    talk = shared_scene.improve_logging("ada", "1.5.3")
    shared_scene.push_evidence("ada", "1.5.3")

    with later(shared_scene, monkeypatch) as time:
        time.pass_hours(-25)
        time.see_evidence(talk)
        time.pass_hours(25)
        time.run("schedule", talk)
        expired = moment(talk)
        assert expired.release.startswith("pending, Registry: The time to pass this gate ended")
        [call] = expired.calls
        assert call.text.startswith("@ada: the gate **registry** has expired")
        assert "**Next:** `/evidence`" in call.text

    shared_scene.say(talk, "ada", "/evidence")

    assert "ml-engineers: 0 of 1 have promoted" in moment(talk).release

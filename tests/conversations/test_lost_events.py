"""GitHub tells the bot nothing of a command and of a merge, and the hourly run makes it good."""

import json
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass

import pytest

from bot.sandbox.github import conversation, merge
from bot.sandbox.github.accounts import Caller
from bot.sandbox.github.hub import Hub
from tests.conversations.azure import Production
from tests.conversations.scene import Scene
from tests.conversations.talk import Talk

VERSION = "1.5.1"


@dataclass
class Silence:
    """People act as ever; what they do emits no event."""

    scene: Scene
    hub: Hub

    def say(self, talk: Talk, login: str, text: str) -> None:
        repository = self.hub.repository(*self.scene.world.repository.split("/"))
        conversation.add_comment(self.hub, repository, Caller(login), talk.number, text)

    def merge(self, talk: Talk, login: str) -> None:
        repository = self.hub.repository(*self.scene.world.repository.split("/"))
        merge.merge(self.hub, repository, Caller(login), talk.number, merge.MergeRequest())

    def applies(self) -> int:
        """Return how many deployments to production GitHub has on record."""
        sql = "SELECT * FROM deployments WHERE environment = 'production'"
        return len(self.hub.store.rows(sql))


@pytest.fixture
def silence(own_scene: Scene) -> Iterator[Silence]:
    """Return a world in which the schedule waits for no event."""
    path = own_scene.world.state / "job-environment.json"
    waits = {**json.loads(path.read_text()), "ENVBOT_ANSWER_SECONDS": "0"}
    path.write_text(json.dumps(waits))
    hub = Hub(own_scene.world.state)
    with closing(hub.store):
        yield Silence(own_scene, hub)


def scheduled(scene: Scene) -> list[str]:
    """Run the schedule; return what it asked of GitHub's API."""
    seen = max(call["id"] for call in scene.calls())
    scene.administer("schedule", {"workflow": "schedule.yml"})
    scene.settle()
    prefix = f"/api/v3/repos/{scene.world.repository}"
    return [
        f"{call['method']} {call['path'].removeprefix(prefix)}" for call in scene.calls(after=seen)
    ]


def test_a_command_and_a_merge_that_nobody_was_told_of_are_made_good(silence: Silence) -> None:
    scene = silence.scene
    talk = scene.improve_logging("ada", VERSION)
    scene.push_evidence("ada", VERSION)

    silence.say(talk, "marie", "/promote registry")
    scheduled(scene)
    asked = next(one for one in talk.comments() if one.body == "/promote registry")
    assert sorted(asked.reactions) == ["eyes", "rocket"]
    (reply,) = (one for one in talk.comments() if one.kind == "reply")
    assert f"`{scene.candidate('ada', VERSION)}` is in the registry" in reply.text

    scheduled(scene)
    assert [one for one in talk.comments() if one.kind == "reply"] == [reply]
    assert silence.applies() == 0

    scene.approve(talk, "lise", "grace")
    silence.merge(talk, "lise")
    scheduled(scene)
    with Production(scene.world) as production:
        assert set(production.versions().values()) == {VERSION, "1.4.9"}
    assert [one.kind for one in talk.comments()].count("apply") == 1
    assert silence.applies() == 1

    idle = scheduled(scene)
    assert sorted(idle) == ["GET /issues", "GET /issues", "GET /issues/comments", "GET /pulls"]
    assert silence.applies() == 1

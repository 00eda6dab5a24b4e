"""A policy that names a team: an error without a token, and closed to whom nobody knows."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from bot.core.tree import File
from bot.sandbox.github.accounts import MEMBERS_TOKEN
from tests.conversations.scene import Scene, running_scene, small_fleet

POLICY = "config/policy.yml"


def fleet_of_a_team() -> Mapping[str, File]:
    """Return the small fleet with a team in the place of the engineers."""
    files = small_fleet()
    asked = files[POLICY].data.replace(b"[marie, lise]", b"['@acme/crew']")
    assert asked != files[POLICY].data
    return {**files, POLICY: replace(files[POLICY], data=asked)}


@pytest.fixture
def team_scene(tmp_path: Path) -> Iterator[Scene]:
    """Run a world whose engineers are a team."""
    with running_scene(tmp_path, fleet_of_a_team()) as scene:
        yield scene


def configure_token(scene: Scene) -> None:
    """Give the jobs the token of an App that may list members."""
    path = scene.world.state / "actions-variables.json"
    variables = json.loads(path.read_text(encoding="utf-8"))
    variables[""]["ENVBOT_TEAMS_TOKEN"] = MEMBERS_TOKEN
    path.write_text(json.dumps(variables), encoding="utf-8")


def test_without_a_token_the_policy_is_an_error_with_its_place(team_scene: Scene) -> None:
    scene, ada = team_scene, team_scene.person("ada")
    ada.begin_branch("note")
    ada.commit("Add a note", {"docs/note.md": "Hello.\n"})
    ada.open_pull("Add a note", "")

    scene.settle(failing=("publish",))

    log = scene.log("publish")
    line = 1 + scene.person("ada").read(POLICY).split("'@acme/crew'")[0].count("\n")
    assert f"{POLICY}:{line}:" in log
    assert "ENVBOT_TEAMS_TOKEN to a GitHub App token that has members:read" in log


def test_a_team_that_can_be_read_opens_its_gate_and_one_that_cannot_does_not(
    team_scene: Scene,
) -> None:
    scene = team_scene
    configure_token(scene)

    talk = scene.improve_logging("ada", "1.5.1")
    scene.push_evidence("ada", "1.5.1")
    unread = "ml-engineers: the members of @acme/crew could not be read from GitHub."
    assert unread in talk.summary()
    assert talk.statuses()["envbot/release"].startswith("pending, Registry: ")
    scene.say(talk, "marie", "/promote registry")
    assert "### 😕" in talk.reply()

    team = {"organisation": "acme", "slug": "crew", "members": ["marie", "lise"]}
    scene.administer("teams", team)
    scene.say(talk, "ada", "/evidence")
    [call] = [said for said in talk.by_bot() if said.kind == "call"]
    assert call.text.startswith("@lise @marie: the gate **registry** waits")
    scene.say(talk, "marie", "/promote registry")
    assert "is in the registry" in talk.reply()

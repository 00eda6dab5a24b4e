"""A release from its opening to production, once more, and back."""

import subprocess
from dataclasses import dataclass

import pytest

from tests.conversations.azure import Production
from tests.conversations.conftest import Golden
from tests.conversations.scene import LAGGARD, Scene
from tests.conversations.talk import Talk

VERSION = "1.5.1"


@dataclass(frozen=True)
class Release:
    """A merged and applied pull request, with what could be read at each step."""

    scene: Scene
    talk: Talk
    merge: str
    steps: dict[str, str]


@pytest.fixture(scope="module")
def release(shared_scene: Scene) -> Release:
    """Play a release to its end."""
    scene, steps = shared_scene, {}
    talk = scene.improve_logging("ada", VERSION)
    steps["1-opened"] = talk.news()
    scene.push_evidence("ada", VERSION)
    steps["2-evidence"] = talk.news()
    scene.say(talk, "marie", "/promote registry")
    steps["3-promoted"] = talk.news()
    scene.approve(talk, "lise")
    steps["4-one-approval"] = talk.news()
    scene.approve(talk, "grace")
    steps["5-approved"] = talk.news()
    merge = scene.merge(talk, "lise")
    steps["6-applied"] = talk.news()
    return Release(scene, talk, merge, steps)


def test_a_release_reads_well_from_opening_to_production(release: Release, golden: Golden) -> None:
    for step, text in release.steps.items():
        golden.matches(step, text)


def test_a_second_apply_writes_nothing(release: Release) -> None:
    scene, before = release.scene, release.talk.comments()
    seen = max(entry["seq"] for entry in scene.azure.log())
    told = max(call["id"] for call in scene.calls())
    pushed = everything_pushed(scene)

    scene.dispatch("apply.yml")

    assert writes(scene.azure.log(after=seen)) == []
    assert [call for call in scene.calls(told) if call["method"] != "GET"] == []
    assert everything_pushed(scene) == pushed
    assert release.talk.comments() == before
    assert "Ended with code 0" in scene.log("apply")


def test_a_revert_goes_back_unless_something_rides_along(release: Release, golden: Golden) -> None:
    scene, ada = release.scene, release.scene.person("ada")
    ada.begin_branch("revert-and-more")
    ada.revert(release.merge)
    ada.commit("Raise the timeout while we are at it", {"docs/note.md": "Unrelated.\n"})
    more = scene.open("ada", "Revert, and something more")
    golden.matches("1-not-a-rollback", more.news())

    ada.begin_branch("revert")
    ada.revert(release.merge)
    talk = scene.open("ada", "Revert: Improve logging of predictions")
    golden.matches("2-opened", talk.news())
    scene.approve(talk, "marie")
    golden.matches("3-approved", talk.news())
    back = scene.merge(talk, "marie")
    golden.matches("4-rolled-back", talk.news())

    with Production(scene.world) as production:
        found = production.deployments()
    laggard = found.pop(LAGGARD)
    assert laggard["environmentId"].endswith("/1.4.9")
    assert all(one["environmentId"].endswith("/1.5.0") for one in found.values())
    assert {one["tags"]["rolled_back_by"] for one in found.values()} == {"ada"}
    assert {one["tags"]["envbot_release"] for one in found.values()} == {back[:12]}


def everything_pushed(scene: Scene) -> list[str]:
    """Return every ref and every object at `origin`; a lease that came and went leaves objects."""
    name = f"{scene.world.repository}.git"
    git = ["git", "--git-dir", str(scene.world.state / "git" / name)]
    listings = (["for-each-ref"], ["cat-file", "--batch-all-objects", "--batch-check"])
    return [
        subprocess.run([*git, *one], check=True, capture_output=True, text=True).stdout
        for one in listings
    ]


def writes(log: list[dict[str, str]]) -> list[str]:
    """Return the requests that change something in Azure; a token is no change."""
    return [
        f"{entry['method']} {entry['target']}"
        for entry in log
        if entry["method"] in ("PUT", "PATCH", "DELETE")
    ]

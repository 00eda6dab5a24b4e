"""Two releases at once: the second is told, made anew, and never lands half of both."""

from dataclasses import dataclass

import pytest

from bot.sandbox.demo import material
from tests.conversations.azure import Production
from tests.conversations.scene import CIRCUITS, LAGGARD, Scene
from tests.conversations.talk import Talk

FEATURES = "environment/src/features.py"


@dataclass(frozen=True)
class Meeting:
    """Two pull requests that were open at once and are both merged, and how the second read.

    Attributes:
        pages: the second one's summary by step.
        commits: those of the second when the first was merged.
        statuses: of the head that envbot had pushed then.
        after_first: what production ran then.
    """

    scene: Scene
    pages: dict[str, str]
    commits: list[str]
    statuses: dict[str, str]
    after_first: dict[str, str]


def document_features(scene: Scene, version: str) -> Talk:
    """Open another harmless pull request, which says nothing new in `environment.yml`."""
    marie = scene.person("marie")
    marie.begin_branch("document-features")
    spec = marie.read(material.SPEC).replace('version: "1.5.0"', f'version: "{version}"')
    features = "# How windows of readings become features.\n" + marie.read(FEATURES)
    files = {material.SPEC: spec, FEATURES: features}
    return scene.propose("marie", "document-features", "Document the features", files)


def release(scene: Scene, talk: Talk, login: str, version: str) -> None:
    """Take a pull request from its evidence to its merge."""
    scene.push_evidence(login, version)
    scene.say(talk, "lise", "/promote registry")
    scene.approve(talk, "lise", "grace")
    scene.merge(talk, "lise")


def versions(scene: Scene) -> dict[str, str]:
    with Production(scene.world) as production:
        return production.versions()


@pytest.fixture(scope="module")
def meeting(shared_scene: Scene) -> Meeting:
    scene, pages = shared_scene, {}
    first = scene.improve_logging("ada", "1.5.1")
    second = document_features(scene, "1.5.1")
    pages["opened"] = second.summary()
    scene.say(second, "marie", "/bump 1.5.2")
    pages["another version"] = second.summary()
    release(scene, first, "ada", "1.5.1")
    pages["made anew"] = second.summary()
    commits, statuses, after_first = second.commits(), second.statuses(), versions(scene)
    release(scene, second, "marie", "1.5.2")
    return Meeting(scene, pages, commits, statuses, after_first)


@pytest.mark.parametrize(
    ("step", "is_told"), [("opened", True), ("another version", False), ("made anew", False)]
)
def test_the_second_is_told_while_both_go_for_one_version(
    meeting: Meeting, step: str, is_told: bool
) -> None:
    told = "The same circuits or target are moved by pull request"

    assert (told in meeting.pages[step]) == is_told


@pytest.mark.parametrize(
    ("step", "versions"),
    [
        ("opened", "1.5.0 → 1.5.1"),
        ("another version", "1.5.0 → 1.5.2"),
        ("made anew", "1.5.1 → 1.5.2"),
    ],
)
def test_the_page_of_the_second_compares_with_main_as_it_is(
    meeting: Meeting, step: str, versions: str
) -> None:
    assert f"custom-tf-env {versions}\n" in meeting.pages[step]
    assert "Blocked" not in meeting.pages[step]


def test_the_second_gets_one_commit_for_each_reason(meeting: Meeting) -> None:
    assert meeting.commits == [
        "Document the features",
        "Set environment_version 1.5.1 in 5 circuits",
        "Set environment_version 1.5.2 in 5 circuits",
        "Merge main, and set environment_version 1.5.2 in 5 circuits",
    ]


def test_the_head_that_envbot_pushed_has_its_statuses(meeting: Meeting) -> None:
    wanted = {"envbot/candidate", "envbot/evidence", "envbot/image", "envbot/release"}
    assert set(meeting.statuses) == wanted


@pytest.mark.parametrize("when", ["after the first", "after both"])
def test_production_runs_one_version_and_the_laggard_its_own(meeting: Meeting, when: str) -> None:
    found, version = (
        (meeting.after_first, "1.5.1")
        if when == "after the first"
        else (versions(meeting.scene), "1.5.2")
    )

    assert found == dict.fromkeys(CIRCUITS, version) | {LAGGARD: "1.4.9"}


def test_main_holds_the_work_of_both(meeting: Meeting) -> None:
    ada = meeting.scene.person("ada")
    ada.begin_branch("main")

    assert 'version: "1.5.2"' in ada.read(material.SPEC)
    assert "logger = logging.getLogger" in ada.read(material.SCORE)
    assert ada.read(FEATURES).startswith("# How windows")

"""The same event twice, and two pushes at once."""

import shlex
import subprocess

import pytest

from bot.sandbox.demo import material
from bot.sandbox.github.accounts import token_of
from tests.conversations.conftest import Race
from tests.conversations.scene import Scene
from tests.conversations.talk import Talk

VERSION = "1.5.7"


def test_a_second_review_of_the_same_head_writes_nothing(scene: Scene) -> None:
    talk = scene.improve_logging("ada", "1.5.10")
    before = talk.head, talk.comments(), talk.status_ids()

    scene.administer("schedule", {"workflow": "schedule.yml"})
    scene.settle()

    assert (talk.head, talk.comments(), talk.status_ids()) == before


def test_a_push_during_the_bulk_edit_wins_over_it(race: Race) -> None:
    ada = race.scene.person("ada")
    ada.begin_branch("improve-logging")
    files = {
        material.SCORE: material.better_logging(ada.read(material.SCORE)),
        material.SPEC: material.at_version(ada.read(material.SPEC), VERSION, "Log more"),
    }
    ada.commit("Improve logging of predictions", files)
    who = ["-c", "user.name=ada", "-c", "user.email=ada@example.com"]
    git = [race.git, "-C", str(ada.folder), *who]
    subprocess.run([*git, "commit", "-q", "--allow-empty", "-m", "Think again"], check=True)
    login = f"http.extraheader=Authorization: Bearer {token_of('ada')}"
    push = [*git, "-c", login, "push", "--quiet", "origin", "HEAD"]
    # Without the variables of the job, in which the bot's own token is.
    race.trap.write_text(shlex.join(["env", "-i", *push]))

    talk = race.scene.open("ada", "Improve logging of predictions")

    assert talk.commits() == [
        "Improve logging of predictions",
        "Think again",
        f"Set environment_version {VERSION} in 5 circuits",
    ]


@pytest.mark.parametrize(
    "script",
    [
        pytest.param("kill -9 $(ps -o ppid= -p $PPID) $PPID\n", id="before the push"),
        pytest.param("{push}\nkill -9 $(ps -o ppid= -p $PPID) $PPID\n", id="after the push"),
    ],
)
def test_a_bulk_edit_that_is_killed_is_made_once(race: Race, script: str) -> None:
    # $PPID is the trapped git, and its parent the bot; both end, as on a machine that is lost.
    push = f'{shlex.quote(race.git)} $(tr "\\0" "\\n" < /proc/$PPID/cmdline | tail -n +3)'
    ada = race.scene.person("ada")
    ada.begin_branch("improve-logging")
    files = {
        material.SCORE: material.better_logging(ada.read(material.SCORE)),
        material.SPEC: material.at_version(ada.read(material.SPEC), VERSION, "Log more"),
    }
    ada.commit("Improve logging of predictions", files)
    race.trap.write_text(script.format(push=push))

    pull = ada.open_pull("Improve logging of predictions", "")
    race.scene.settle(failing={"publish"})
    race.scene.administer("schedule", {"workflow": "schedule.yml"})
    race.scene.settle()

    talk = Talk(ada.repository, pull.number)
    assert talk.commits() == [
        "Improve logging of predictions",
        f"Set environment_version {VERSION} in 5 circuits",
    ]
    assert "envbot/release" in talk.statuses()

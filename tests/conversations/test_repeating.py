"""The same event twice, and two pushes at once."""

import shlex
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from bot.sandbox.demo import material
from bot.sandbox.github.accounts import token_of
from tests.conversations.scene import Scene, running_scene

VERSION = "1.5.7"
# Stands before the real git on the PATH of every job: the first push finds the trap and is late.
SLOW_GIT = """\
#!/bin/sh
case " $* " in
*" push "*) if mv {trap} {trap}.sprung 2>/dev/null; then sh {trap}.sprung; fi ;;
esac
exec {git} "$@"
"""


@dataclass(frozen=True)
class Race:
    """A world in which the bot's next push comes too late once `trap` holds a script."""

    scene: Scene
    trap: Path
    git: str


@pytest.fixture
def race(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Race]:
    """Run a world whose jobs find another git first."""
    real, folder = str(shutil.which("git")), tmp_path / "bin"
    folder.mkdir()
    trap, slow = folder / "trap", folder / "git"
    slow.write_text(SLOW_GIT.format(trap=shlex.quote(str(trap)), git=real))
    slow.chmod(0o755)
    with monkeypatch.context() as patch:
        patch.setenv("PATH", str(folder), prepend=":")
        with running_scene(tmp_path) as scene:
            yield Race(scene, trap, real)
            assert scene.unknown_calls() == []


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

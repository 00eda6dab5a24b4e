"""A world for everybody, one for those who merge, and golden files to compare with."""

import os
import shlex
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.conversations.scene import Scene, running_scene

GOLDEN = Path(__file__).parent / "golden"
# Stands before the real git on the PATH of every job: the first push finds the trap and is late.
SLOW_GIT = """\
#!/bin/sh
case " $* " in
*" push "*) if mv {trap} {trap}.sprung 2>/dev/null; then sh {trap}.sprung; fi ;;
esac
exec {git} "$@"
"""


@dataclass(frozen=True)
class Golden:
    """The expected readings of one scenario: golden/SCENARIO/STEP.md."""

    folder: Path

    def matches(self, step: str, text: str) -> None:
        """Compare, or with UPDATE_GOLDEN=1 write; a file that is not there is a failure."""
        path = self.folder / f"{step}.md"
        if os.environ.get("UPDATE_GOLDEN") == "1":
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        assert path.exists(), f"{path} is missing; UPDATE_GOLDEN=1 writes it; then read it"
        assert text == path.read_text(encoding="utf-8")


@pytest.fixture
def golden(request: pytest.FixtureRequest) -> Golden:
    """Return the golden files of the test that asks."""
    return Golden(GOLDEN / request.node.originalname.removeprefix("test_"))


@pytest.fixture(scope="session")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    """Run one world for all tests that merge nothing and break nothing."""
    yield from _scene(tmp_path_factory.mktemp("world"))


@pytest.fixture
def own_scene(tmp_path: Path) -> Iterator[Scene]:
    """Run a world for one test alone."""
    yield from _scene(tmp_path)


@pytest.fixture(scope="module")
def shared_scene(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    """Run a world for the tests of one file."""
    yield from _scene(tmp_path_factory.mktemp("world"))


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


def _scene(folder: Path) -> Iterator[Scene]:
    with running_scene(folder) as scene:
        yield scene
        assert scene.unknown_calls() == []

"""A world for everybody, one for those who merge, and golden files to compare with."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.conversations.scene import Scene, running_scene

GOLDEN = Path(__file__).parent / "golden"


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


def _scene(folder: Path) -> Iterator[Scene]:
    with running_scene(folder) as scene:
        yield scene
        assert scene.unknown_calls() == []

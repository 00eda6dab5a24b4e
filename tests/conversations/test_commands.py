"""Commands that ask, and one that edits."""

import pytest

from tests.conversations.conftest import Golden
from tests.conversations.scene import LAGGARD, Scene
from tests.conversations.talk import Talk

VERSION = "1.5.8"


@pytest.fixture(scope="module")
def talk(scene: Scene) -> Talk:
    """Return a pull request that waits for its evidence."""
    return scene.improve_logging("ada", VERSION)


@pytest.mark.parametrize("text", ["/help", "/help bump", "/status", "/evidence"])
def test_a_question_is_answered(scene: Scene, talk: Talk, golden: Golden, text: str) -> None:
    talk.news()

    scene.say(talk, "lise", text)

    golden.matches(text.removeprefix("/").replace(" ", "-"), talk.news())


def test_bump_takes_a_circuit_along_that_lags_behind(scene: Scene, golden: Golden) -> None:
    talk = scene.improve_logging("ada", "1.5.9")
    talk.news()
    before = talk.head

    scene.say(talk, "lise", f"/bump 1.5.9 --circuits {LAGGARD} --from 1.4.9")

    golden.matches("1-bumped", talk.news())
    edited = scene.person("ada").numstat(before, talk.head, "config")
    assert edited == [("1", "1", f"config/plants/{LAGGARD}.yml")]

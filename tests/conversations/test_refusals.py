"""Who and what the bot refuses, and what it does not answer at all."""

import pytest

from tests.conversations.conftest import Golden
from tests.conversations.scene import Scene
from tests.conversations.talk import Talk

VERSION = "1.5.3"


@pytest.fixture(scope="module")
def talk(scene: Scene) -> Talk:
    """Return a pull request that marie, who may promote, has opened herself."""
    return scene.improve_logging("marie", VERSION)


def test_refusals_say_why_and_who_can_help(scene: Scene, talk: Talk, golden: Golden) -> None:
    talk.news()

    scene.say(talk, "mallory", "/promote registry")
    golden.matches("1-an-outsider", talk.news())

    scene.say(talk, "lise", "/promote registry")
    golden.matches("2-before-there-is-evidence", talk.news())

    scene.push_evidence("marie", VERSION)
    talk.news()
    scene.say(talk, "marie", "/promote registry")
    golden.matches("3-the-author", talk.news())

    scene.say(talk, "lise", "/promote production right now")
    golden.matches("4-words-that-do-not-fit", talk.news())


@pytest.mark.parametrize(
    "body",
    [
        pytest.param("/deploy everything", id="another bot's command"),
        pytest.param("> /promote registry", id="a quoted command"),
        pytest.param("```\n/promote registry\n```", id="a fenced command"),
        pytest.param("Shall we /promote registry?", id="a command in a sentence"),
    ],
)
def test_stays_silent_where_nobody_spoke_to_it(scene: Scene, talk: Talk, body: str) -> None:
    before = talk.by_bot()

    scene.say(talk, "lise", body)

    assert talk.by_bot() == before
    assert talk.comments()[-1].reactions == ()


def test_stays_silent_when_a_comment_becomes_a_command(scene: Scene, talk: Talk) -> None:
    before = talk.by_bot()
    issue = scene.person("lise").repository.get_issue(talk.number)

    issue.create_comment("Looks good.").edit("/promote registry")
    scene.settle()

    assert talk.by_bot() == before
    assert talk.comments()[-1].reactions == ()

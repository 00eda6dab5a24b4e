"""Whether a number is that of a merged pull request."""

import pytest

from bot.adapters.github import GitHubHosting
from bot.errors import BotError
from tests.adapters.github.scripted import Answer, Scripted


@pytest.mark.parametrize(
    ("answer", "merged"),
    [
        pytest.param(Answer(200, {"number": 7, "merged": True}), True, id="merged"),
        pytest.param(Answer(200, {"number": 7, "merged": False}), False, id="open or closed"),
        pytest.param(Answer(404, {"message": "Not Found"}), False, id="none of that number"),
    ],
)
def test_only_a_merged_pull_request_is_one(
    scripted_hosting: GitHubHosting, script: Scripted, answer: Answer, merged: bool
) -> None:
    script.answers = [answer]

    assert scripted_hosting.is_merged(7) is merged


def test_an_outage_is_no_answer(scripted_hosting: GitHubHosting, script: Scripted) -> None:
    script.answers = [Answer(403, {"message": "Resource not accessible by integration"})]

    with pytest.raises(BotError):
        scripted_hosting.is_merged(7)

"""Whatever goes wrong on the way to GitHub comes out as one sentence without the token."""

import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import closing

import github
import pytest
import requests

from bot.adapters.github import GitHubHosting, GitHubSettings
from bot.adapters.github.failures import github_call
from bot.errors import BotError
from tests.adapters.github.scripted import Answer, Scripted

TOKEN = "ghs_secret"
ELSEWHERE = {
    "id": 1,
    "url": "https://evil.example/1",
    "user": {"login": "envbot[bot]", "type": "Bot"},
    "body": "<!-- mark --> before",
}


def _classes(root: type[Exception]) -> Iterator[type[Exception]]:
    yield root
    for kind in root.__subclasses__():
        yield from _classes(kind)


OF_PYGITHUB = sorted(set(_classes(github.GithubException)), key=lambda kind: kind.__name__)
OF_REQUESTS = sorted(
    {
        kind
        for kind in vars(requests.exceptions).values()
        if isinstance(kind, type) and issubclass(kind, requests.RequestException)
    }
    - {requests.JSONDecodeError},
    key=lambda kind: kind.__name__,
)


def _said(error: Exception) -> str:
    """Return what a call that raises `error` comes to."""
    with pytest.raises(BotError) as raised, github_call("read pull request #7"):
        raise error
    assert raised.value.__cause__ is error
    return raised.value.what


@pytest.mark.parametrize("kind", [pytest.param(kind, id=kind.__name__) for kind in OF_PYGITHUB])
def test_every_exception_of_pygithub_says_what_github_said(
    kind: type[github.GithubException],
) -> None:
    message = "Validation Failed:\n\n  no\r\nline. "

    assert _said(kind(422, {"message": message}, {})) == (
        "GitHub did not let envbot read pull request #7: 422 Validation Failed: no line."
    )


def test_every_exception_of_requests_names_its_kind() -> None:
    said = {kind.__name__: _said(kind("http://x/?\nkey")) for kind in OF_REQUESTS}
    expected = {
        name: f"GitHub could not be reached to read pull request #7 ({name})." for name in said
    }
    expected["RetryError"] = "GitHub did not let envbot read pull request #7: too many attempts."

    assert said == expected


@pytest.mark.parametrize(
    "error",
    [
        pytest.param(AssertionError("evil.example"), id="a URL of another host"),
        pytest.param(github.BadAttributeException(1, [], None), id="a value of another type"),
        pytest.param(requests.JSONDecodeError("Expecting value", "<html>", 0), id="no JSON"),
    ],
)
def test_an_answer_that_is_not_githubs_is_called_that(error: Exception) -> None:
    assert _said(error).startswith("What answered is not GitHub's API: it was to read")


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(None, id="nothing"),
        pytest.param({"data": "<html>"}, id="a page"),
        pytest.param({"message": None}, id="null"),
        pytest.param("text", id="a text"),
    ],
)
def test_a_failure_without_a_message_says_so(data: object) -> None:
    assert _said(github.GithubException(502, data)).endswith(": 502 without a message.")


def test_a_long_message_is_cut() -> None:
    assert len(_said(github.GithubException(422, {"message": "word " * 10_000}))) < 300


def test_a_failure_of_ones_own_passes_through() -> None:
    with pytest.raises(KeyError), github_call("read"):
        raise KeyError("a mistake of the bot")


def _read_listing(hosting: GitHubHosting) -> object:
    return hosting.open_pulls()


def _read_reviews(hosting: GitHubHosting) -> object:
    return hosting.reviews(7)


def _read_comments(hosting: GitHubHosting) -> object:
    return hosting.comments(7)


def _read_permission(hosting: GitHubHosting) -> object:
    return hosting.permission("ada")


def _edit_comment(hosting: GitHubHosting) -> object:
    return hosting.upsert_comment(7, "<!-- mark -->", "<!-- mark --> after")


def _read_comment(hosting: GitHubHosting) -> object:
    return hosting.comment(1)


@pytest.mark.parametrize(
    ("act", "answer"),
    [
        pytest.param(_read_permission, Answer(200, b'{"permission": '), id="half an object"),
        pytest.param(_read_comment, Answer(200, b'{"id": '), id="half a comment"),
        pytest.param(_read_listing, Answer(200, b"["), id="half a list"),
        pytest.param(_read_listing, Answer(200, b"<html>Whoa there!"), id="a page for people"),
        pytest.param(_read_reviews, Answer(200, b"<html>Whoa there!"), id="a page for reviews"),
        pytest.param(_read_reviews, Answer(200, b""), id="nothing for reviews"),
        pytest.param(_read_comments, Answer(200, b"<html>Whoa there!"), id="a page for comments"),
        pytest.param(_read_comments, Answer(200, b""), id="nothing for comments"),
        pytest.param(_edit_comment, Answer(200, [ELSEWHERE]), id="a comment that lives elsewhere"),
        pytest.param(
            _read_comment, Answer(200, {"id": 1, "created_at": {}}), id="a time that is none"
        ),
    ],
)
def test_a_malformed_answer_is_a_failure(
    scripted_hosting: GitHubHosting,
    script: Scripted,
    act: Callable[[GitHubHosting], object],
    answer: Answer,
) -> None:
    script.answers = [answer]

    with pytest.raises(BotError, match="not GitHub's API"):
        act(scripted_hosting)


@pytest.mark.parametrize(
    "act",
    [
        pytest.param(_read_permission, id="permission"),
        pytest.param(_read_comment, id="comment"),
        pytest.param(_read_listing, id="listing"),
    ],
)
def test_an_outage_is_never_an_answer(
    scripted_hosting: GitHubHosting,
    script: Scripted,
    act: Callable[[GitHubHosting], object],
) -> None:
    script.answers = [Answer(500, {"message": "Server Error"})]

    with pytest.raises(BotError, match="too many 500 error responses"):
        act(scripted_hosting)


def test_a_closed_port_is_a_failure_at_once_and_without_the_token(closed_port: int) -> None:
    settings = GitHubSettings(
        api_url=f"http://127.0.0.1:{closed_port}",
        repository="plant/envs",
        token=TOKEN,
        pause=0,
        backoff=0.001,
    )
    start = time.monotonic()
    with closing(GitHubHosting(settings)) as hosting, pytest.raises(BotError) as raised:
        hosting.pull(7)

    assert time.monotonic() - start < 1
    assert raised.value.what == (
        "GitHub could not be reached to read pull request #7 (ConnectionError)."
    )
    assert TOKEN not in "".join(traceback.format_exception(raised.value))


def test_a_refusal_does_not_show_the_token(
    scripted_hosting: GitHubHosting, script: Scripted
) -> None:
    script.answers = [Answer(401, {"message": "Bad credentials"})]

    with pytest.raises(BotError) as raised:
        scripted_hosting.permission("ada")

    assert TOKEN not in "".join(traceback.format_exception(raised.value))


def test_settings_do_not_show_the_token() -> None:
    assert TOKEN not in repr(GitHubSettings("http://127.0.0.1", "plant/envs", TOKEN))

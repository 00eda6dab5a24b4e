"""PyGithub's and requests' exceptions, turned into one sentence each."""

from collections.abc import Iterator
from contextlib import contextmanager

from github import GithubException, UnknownObjectException
from requests import RequestException

from bot.errors import BotError

_MESSAGE_CAP = 200


@contextmanager
def github_call(doing: str) -> Iterator[None]:
    """Run one call; `doing` completes "GitHub did not let envbot …".

    Raises:
        BotError: the call failed; the sentence holds the status and GitHub's own short message.
    """
    try:
        yield
    except GithubException as error:
        raise BotError(f"GitHub did not let envbot {doing}: {_said(error)}.") from error
    except (RequestException, AssertionError) as error:
        # PyGithub asserts host and scheme of the URLs that it is given; a proxy can break that.
        kind = type(error).__name__
        raise BotError(f"GitHub could not be reached to {doing} ({kind}).") from error


def is_missing(error: GithubException) -> bool:
    """Return whether GitHub said 404."""
    return isinstance(error, UnknownObjectException)


def _said(error: GithubException) -> str:
    data = error.data if isinstance(error.data, dict) else {}
    message = str(data.get("message", "no message")).rstrip(".")[:_MESSAGE_CAP]
    return f"{error.status} {message}"

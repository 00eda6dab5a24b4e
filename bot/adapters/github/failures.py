"""PyGithub's and requests' exceptions, turned into one sentence each."""

from collections.abc import Iterator
from contextlib import contextmanager
from json import JSONDecodeError

import msgspec
from github import BadAttributeException, GithubException
from requests import RequestException
from requests.exceptions import RetryError

from bot.adapters.raised_in import raised_in
from bot.errors import BotError

_MESSAGE_CAP = 200  # characters
_NOT_FOUND = 404
_NOT_GITHUBS = (
    AssertionError,
    BadAttributeException,
    JSONDecodeError,
    msgspec.ValidationError,
)
# PyGithub takes any text for an answer, and stumbles over it later.
_MISREAD = (AttributeError, KeyError, TypeError)
_READERS = ("github.", "bot.adapters.github.values")


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
    except RetryError as error:
        raise BotError(f"GitHub did not let envbot {doing}: {_last_answer(error)}.") from error
    except _NOT_GITHUBS as error:
        # PyGithub asserts host and scheme of the URLs that it is given; a proxy can break that.
        raise _not_github(doing, error) from error
    except RequestException as error:
        kind = type(error).__name__
        raise BotError(f"GitHub could not be reached to {doing} ({kind}).") from error
    except _MISREAD as error:
        if not raised_in(error, *_READERS):
            raise
        raise _not_github(doing, error) from error


def _not_github(doing: str, error: Exception) -> BotError:
    kind = type(error).__name__
    return BotError(f"What answered is not GitHub's API: it was to {doing} ({kind}).")


def is_missing(error: GithubException) -> bool:
    """Return whether GitHub said 404, in whatever words."""
    return error.status == _NOT_FOUND


def _said(error: GithubException) -> str:
    data = error.data if isinstance(error.data, dict) else {}
    return f"{error.status} {_short(data.get('message') or 'without a message')}"


def _last_answer(error: RetryError) -> str:
    """Return urllib3's words for why it gave up: "too many 502 error responses"."""
    reason = getattr(error.args[0], "reason", None) if error.args else None
    return _short(reason or "too many attempts")


def _short(message: object) -> str:
    """Return what a server said as a piece of one sentence."""
    words = " ".join(str(message).split())
    return words[:_MESSAGE_CAP].rstrip(". ")

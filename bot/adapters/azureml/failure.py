"""Failures of Azure calls as sentences; of what the service wrote, only code and message."""

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from json import JSONDecodeError

from azure.ai.ml.exceptions import MlException
from azure.core.exceptions import (
    AzureError,
    ClientAuthenticationError,
    DecodeError,
    DeserializationError,
    HttpResponseError,
    ResourceNotFoundError,
    ServiceRequestError,
    ServiceResponseError,
)

from bot.adapters.raised_in import raised_in
from bot.errors import BotError

_LONGEST = 300
# A 404 that says the place is gone, which is an outage or a wrong setting, not "no such version".
_PLACE_IS_GONE = frozenset(
    {
        "InvalidSubscriptionId",
        "ParentResourceNotFound",
        "ResourceGroupNotFound",
        "SubscriptionNotFound",
        "WorkspaceNotFound",
    }
)
_WORKSPACE_IS_GONE = re.compile(r"workspaces/[^/']+' under resource group .* was not found")
# What the SDK lets out of its readers when a proxy answers in the service's place.
_UNREADABLE = (JSONDecodeError, DeserializationError)
_WENT_WELL = range(200, 300)
_MISREAD = (AttributeError, KeyError, TypeError)
_WITHOUT_WORDS: Mapping[type[AzureError], str] = {
    DecodeError: "the answer cannot be read",
    ClientAuthenticationError: "signing in was refused, or no credential is set up",
    ServiceRequestError: "the service cannot be reached",
    ServiceResponseError: "the service did not answer",
}


@contextmanager
def azure_call(what: str, *, sent: str = "") -> Iterator[None]:
    """Turn every failure inside into a BotError.

    Args:
        what: names the call: "reading deployment x/y".
        sent: what may have taken effect by the time of the failure.

    Raises:
        BotError: the call failed; its sentence names the call and what Azure answered.
    """
    try:
        yield
    except AzureError as error:
        raise BotError(f"Azure: {what} failed: {describe(error)}.", done=sent) from error
    except _MISREAD as error:
        if not raised_in(error, "azure."):
            raise
        raise BotError(f"Azure: {what} failed: the answer cannot be read.", done=sent) from error
    except _UNREADABLE as error:
        raise BotError(f"Azure: {what} failed: the answer cannot be read.", done=sent) from error


def is_absent(error: ResourceNotFoundError) -> bool:
    """Tell whether a 404 means that the thing is not there, its place being there."""
    return _code(error) not in _PLACE_IS_GONE and not _WORKSPACE_IS_GONE.search(_words(error))


def describe(error: AzureError) -> str:
    """Return what went wrong: the service's code and message, capped, and nothing else."""
    if isinstance(error, MlException):
        if isinstance(error.__cause__, AzureError):
            return describe(error.__cause__)
        return _one_line(str(error.no_personal_data_message))
    for kind, said in _WITHOUT_WORDS.items():
        if isinstance(error, kind) and not _words(error):
            return said
    return _answer(error) if isinstance(error, HttpResponseError) else type(error).__name__


def _answer(error: HttpResponseError) -> str:
    words = _words(error) or "no reason given"
    if (error.status_code or 0) in _WENT_WELL:  # the answer did, the operation it tells of did not
        return words
    return f"{error.status_code or 'no status'} {words}"


def _words(error: AzureError) -> str:
    """Return code and message of the body, where it has the form of an error of Azure."""
    parsed = error.error if isinstance(error, HttpResponseError) else None
    parts = (parsed.code, parsed.message) if parsed else ()
    return ": ".join(_one_line(str(part)) for part in parts if part)


def _code(error: HttpResponseError) -> str:
    return str(error.error.code or "") if error.error else ""


def _one_line(text: str) -> str:
    words = "".join(letter if letter.isprintable() else " " for letter in text).split()
    text = " ".join(words).rstrip(".")
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"

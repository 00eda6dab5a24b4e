"""Failures of Azure calls as sentences; of what the service wrote, only code and message."""

from collections.abc import Iterator
from contextlib import contextmanager

from azure.ai.ml.exceptions import MlException
from azure.core.exceptions import (
    AzureError,
    ClientAuthenticationError,
    DecodeError,
    HttpResponseError,
    ResourceNotFoundError,
    ServiceRequestError,
    ServiceResponseError,
)

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


def is_absent(error: ResourceNotFoundError) -> bool:
    """Tell whether a 404 means that the thing is not there, its place being there."""
    return _code(error) not in _PLACE_IS_GONE


def describe(error: AzureError) -> str:
    """Return what went wrong: the service's code and message, capped, and nothing else."""
    if isinstance(error, MlException):
        return _one_line(str(error.no_personal_data_message))
    if isinstance(error, DecodeError):
        return "the answer cannot be read"
    if isinstance(error, HttpResponseError) and error.response is not None:
        return _answer(error)
    if isinstance(error, ClientAuthenticationError):
        return "signing in was refused, or no credential is set up"
    if isinstance(error, ServiceRequestError | ServiceResponseError):
        return "the service cannot be reached"
    return type(error).__name__


def _answer(error: HttpResponseError) -> str:
    code = _code(error)
    message = _one_line(str(error.error.message or "")) if error.error else ""
    said = ": ".join(part for part in (code, message) if part) or "no reason given"
    return f"{error.status_code} {said}"


def _code(error: HttpResponseError) -> str:
    return _one_line(str(error.error.code or "")) if error.error else ""


def _one_line(text: str) -> str:
    text = " ".join(text.split()).rstrip(".")
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"

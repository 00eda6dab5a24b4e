"""What the services answer when they refuse: each in its own form."""

import json
from dataclasses import dataclass, field

from bot.sandbox.faults.plan import Fault
from bot.sandbox.faults.wire import AZURE, WireCall


@dataclass(frozen=True, slots=True)
class Reply:
    """A whole answer."""

    status: int
    body: bytes
    headers: dict[str, str] = field(default_factory=dict)


_STATUS = {
    Fault.TOO_MANY: (429, "TooManyRequests", "You have exceeded a secondary rate limit."),
    Fault.TOO_MANY_WAIT: (429, "TooManyRequests", "You have exceeded a secondary rate limit."),
    Fault.FAILED: (500, "InternalServerError", "Something went wrong."),
    Fault.FAILED_APPLIED: (500, "InternalServerError", "Something went wrong."),
    Fault.UNAVAILABLE: (503, "ServiceUnavailable", "No server is available."),
    Fault.UNAUTHORIZED: (401, "InvalidAuthenticationToken", "Bad credentials"),
}
_BROKEN = b"<html><body>Whoa there!"


def refusal(call: WireCall, fault: Fault) -> Reply | None:
    """Return the answer that a fault puts in the place of the service's; None if it has none."""
    if fault is Fault.MALFORMED:
        return Reply(200, _BROKEN, {"content-type": "text/html"})
    if fault not in _STATUS:
        return None
    status, code, message = _STATUS[fault]
    wait = {"retry-after": "0"} if fault is Fault.TOO_MANY_WAIT else {}
    return _reply(call, status, code, message, wait)


def operation_gone(call: WireCall) -> Reply:
    """Return what Azure answers about an operation that it has forgotten."""
    return _reply(call, 404, "NotFound", "The operation was not found.", {})


def _reply(call: WireCall, status: int, code: str, message: str, headers: dict[str, str]) -> Reply:
    if call.is_git:
        return Reply(status, message.encode(), {**headers, "content-type": "text/plain"})
    body: object = {"message": message, "documentation_url": "https://docs.github.com/rest"}
    if call.server == AZURE:
        body = {"error": {"code": code, "message": message, "details": []}}
    return Reply(status, json.dumps(body).encode(), {**headers, "content-type": "application/json"})

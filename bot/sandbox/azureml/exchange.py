"""One call and its answer, free of any web framework."""

import json
import time
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any, TypeAlias

from bot.sandbox.azureml.ids import Scope
from bot.sandbox.azureml.store import Store

Json: TypeAlias = dict[str, Any]

LATENCY = "latency"
"""Names how many seconds every call takes at least, as one to a service far away does."""


@dataclass(frozen=True, slots=True)
class Call:
    """A request that passed authentication; `captures` are the route's named segments."""

    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes
    store: Store
    base_url: str
    client: str = ""
    scope: Scope | None = None
    captures: Mapping[str, str] = field(default_factory=dict)

    def json(self) -> Json:
        """Return the body as a JSON object; anything else is a 400 as Azure words it."""
        try:
            value = json.loads(self.body or b"{}")
        except ValueError as error:
            raise CloudError(400, "InvalidRequestContent", str(error)) from error
        if not isinstance(value, dict):
            raise CloudError(400, "InvalidRequestContent", "The request body is not an object.")
        return value

    @property
    def place(self) -> Scope:
        """The workspace or registry the path names; every route that asks has one."""
        if self.scope is None:
            raise LookupError(self.path)
        return self.scope


@dataclass(frozen=True, slots=True)
class Answer:
    """What goes back; `body` is JSON unless it is bytes."""

    status: int
    body: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)
    media_type: str = "application/json; charset=utf-8"

    def data(self) -> bytes:
        """Return the bytes of the body; JSON `null` for None, as the service sends."""
        if isinstance(self.body, bytes):
            return self.body
        return json.dumps(self.body).encode()


Handler: TypeAlias = Callable[[Call], Answer]


class CloudError(Exception):
    """An answer of failure with the body Azure gives: error.code, message, details."""

    def __init__(
        self,
        status: int,
        code: str,
        message: str,
        *,
        details: Sequence[Json] = (),
        component: str = "managementfrontend",
    ) -> None:
        """Keep what the body will say; `component` is the service's part that refuses."""
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message
        self.details = tuple(details)
        self.component = component

    def answer(self) -> Answer:
        """Return the answer that carries this error."""
        return Answer(self.status, {"error": self.error()})

    def error(self) -> Json:
        """Return the error object alone, as a failed operation carries it."""
        return {
            "code": self.code,
            "message": self.message,
            "target": None,
            "details": list(self.details),
            "additionalInfo": [
                *self._inner(),
                {"type": "ComponentName", "info": {"value": self.component}},
                {
                    "type": "Correlation",
                    "info": {"value": {"operation": uuid.uuid4().hex, "request": uuid.uuid4().hex}},
                },
                {"type": "Environment", "info": {"value": "sandbox"}},
                {"type": "Location", "info": {"value": "sandbox"}},
                {"type": "Time", "info": {"value": timestamp()}},
            ],
        }

    def _inner(self) -> list[Json]:
        if self.status != HTTPStatus.NOT_FOUND:
            return []
        inner = {"code": "NotFound", "innerError": {"code": "NotFoundError", "innerError": None}}
        return [{"type": "InnerError", "info": {"value": inner}}]


def timestamp(at: float | None = None) -> str:
    """Return a point in time, now by default, as the service writes it: UTC with `+00:00`."""
    return datetime.fromtimestamp(time.time() if at is None else at, UTC).isoformat()


def system_data(client: str, before: Mapping[str, Any] | None = None) -> Json:
    """Return `systemData` for a write by `client`; who created the resource stays from `before`.

    The bot's identities are applications; whoever else signs in stands for a person.
    """
    now, kind = timestamp(), "Application" if client.startswith("envbot-") else "User"
    created = before or {"createdAt": now, "createdBy": client, "createdByType": kind}
    return {
        "createdAt": created["createdAt"],
        "createdBy": created["createdBy"],
        "createdByType": created["createdByType"],
        "lastModifiedAt": now,
        "lastModifiedBy": client,
        "lastModifiedByType": kind,
    }

"""One seam around a server: calls pass through it, and some of them are struck."""

import asyncio
from collections.abc import Callable
from typing import Any

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bot.sandbox.faults.answers import Reply, operation_gone, refusal
from bot.sandbox.faults.operations import Operations
from bot.sandbox.faults.plan import KILLS, OPERATIONS, UNSERVED, Fault
from bot.sandbox.faults.protocol import ABORT
from bot.sandbox.faults.wire import Wire, WireCall

_OWN_DOOR = "/sandbox/"
# A client that never gives up must not keep the server for ever; git has no timeout of its own.
_LONGEST_SILENCE = 3.0
_SILENCE_OF_GIT = 0.2
_ANSWERED = (*KILLS, *OPERATIONS, Fault.STALE, Fault.SECOND_WRITER, Fault.UNDONE)


def _nothing() -> None:
    return


class StruckApp:
    """Serves `app`, and does to each call what the wire's plan says."""

    def __init__(
        self, app: ASGIApp, server: str, wire: Wire, operations: Operations | None = None
    ) -> None:
        self._app = app
        self._server = server
        self._wire = wire
        self._operations = operations
        self._earlier: dict[str, Reply] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one call."""
        if scope["type"] != "http" or scope["path"].startswith(_OWN_DOOR):
            await self._app(scope, receive, send)
            return
        body = await _body(receive)
        query = scope["query_string"].decode("latin-1")
        arrived = WireCall(0, self._server, scope["method"], scope["path"], query, body)
        call = self._wire.arrive(arrived)
        await self._strike(call, scope, receive, send)

    async def _strike(self, call: WireCall, scope: Scope, receive: Receive, send: Send) -> None:
        if call.fault is Fault.KILLED_BEFORE:
            self._wire.kill()
        elif call.fault is Fault.SECOND_WRITER:
            self._wire.intrude()
        answer = await self._answer(call, scope)
        if call.fault is Fault.KILLED_UNANSWERED:
            self._wire.kill()
        if answer is None or call.fault in (Fault.KILLED_BEFORE, Fault.KILLED_UNANSWERED):
            await _drop(call, scope, receive)
            return
        await _send(answer, send)
        if call.fault is Fault.KILLED_AFTER:
            self._wire.kill()

    async def _answer(self, call: WireCall, scope: Scope) -> Reply | None:
        """Return what the client gets; None for nothing at all."""
        fault = call.fault
        if self._operations and self._operations.is_gone(call.path):
            return operation_gone(call)
        stale = self._earlier.get(f"{call.name}?{call.query}") if fault is Fault.STALE else None
        if stale is not None:
            return stale
        if fault in UNSERVED and fault is not Fault.STALE:
            return refusal(call, fault) if fault else None
        undo = self._undoing(call)
        answer = await self._serve(call, scope)
        if fault in OPERATIONS and self._operations:
            self._operations.spoil(answer.headers, fault)
        undo()
        return answer if fault is None or fault in _ANSWERED else refusal(call, fault)

    def _undoing(self, call: WireCall) -> Callable[[], None]:
        """Return what takes a write back that the service will confirm all the same."""
        if call.fault is not Fault.UNDONE or self._operations is None:
            return _nothing
        return self._operations.undoing(call.path)

    async def _serve(self, call: WireCall, scope: Scope) -> Reply:
        parts: list[Message] = []

        async def keep(message: Message) -> None:
            parts.append(message)

        await self._app(scope, _replayed(call.body), keep)
        answer = _joined(parts)
        self._wire.served(call, answer.status)
        if call.method == "GET":
            self._earlier.setdefault(f"{call.name}?{call.query}", answer)
        return answer


async def _body(receive: Receive) -> bytes:
    parts: list[bytes] = []
    while True:
        message = await receive()
        parts.append(message.get("body", b""))
        if not message.get("more_body", False):
            return b"".join(parts)


def _replayed(body: bytes) -> Receive:
    async def receive() -> Message:
        return {"type": "http.request", "body": body, "more_body": False}

    return receive


def _joined(parts: list[Message]) -> Reply:
    start = next(part for part in parts if part["type"] == "http.response.start")
    headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in start["headers"]}
    body = b"".join(part.get("body", b"") for part in parts if part is not start)
    return Reply(start["status"], body, headers)


async def _send(answer: Reply, send: Send) -> None:
    headers = {**answer.headers, "content-length": str(len(answer.body))}
    encoded = [(name.encode("latin-1"), text.encode("latin-1")) for name, text in headers.items()]
    await send({"type": "http.response.start", "status": answer.status, "headers": encoded})
    await send({"type": "http.response.body", "body": answer.body})


async def _drop(call: WireCall, scope: Scope, receive: Receive) -> None:
    """Leave the client without an answer: at once, or for as long as it cares to wait."""
    if call.fault in (Fault.TIMEOUT, Fault.TIMEOUT_APPLIED):
        await _await_goodbye(receive, _SILENCE_OF_GIT if call.is_git else _LONGEST_SILENCE)
    abort: Callable[[], Any] | None = (scope.get("extensions") or {}).get(ABORT)
    if abort is not None:
        abort()
        await _await_goodbye(receive, _LONGEST_SILENCE)


async def _await_goodbye(receive: Receive, seconds: float) -> None:
    async def goodbye() -> None:
        while (await receive())["type"] != "http.disconnect":
            continue

    try:
        await asyncio.wait_for(goodbye(), seconds)
    except TimeoutError:
        return

"""The server as an ASGI application: authentication, routing, error bodies and the request log."""

import asyncio
import logging
import time
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, replace

from starlette.requests import Request as HttpRequest
from starlette.responses import Response
from starlette.types import Receive, Send
from starlette.types import Scope as AsgiScope

from bot.sandbox.azureml.exchange import LATENCY, Answer, Call, CloudError
from bot.sandbox.azureml.identity import Directory, audiences, bearer
from bot.sandbox.azureml.outages import turned_away
from bot.sandbox.azureml.roles import Right, require
from bot.sandbox.azureml.routes import all_routes
from bot.sandbox.azureml.routing import Match, Routes
from bot.sandbox.azureml.store import Request, Store
from bot.sandbox.azureml.workspaces import require_workspace

_LOG = logging.getLogger(__name__)
_QUIET = "/sandbox/"
_ARM = "/subscriptions/"
LOOPBACK_NAMES = frozenset({"127.0.0.1", "localhost"})
_READS_PER_HOUR = 12_000
_WRITES_PER_HOUR = 1_200


@dataclass(frozen=True, slots=True)
class _Outcome:
    answer: Answer
    client: str
    known: bool


class Server:
    """Answers every request from the store."""

    def __init__(self, store: Store, directory: Directory, base_url: str) -> None:
        """Serve `store` as `base_url`, which has no trailing slash."""
        self._store = store
        self._directory = directory
        self._base_url = base_url
        self._audiences = audiences(base_url)
        self._routes = Routes(all_routes(directory))

    async def __call__(self, scope: AsgiScope, receive: Receive, send: Send) -> None:
        """Serve one ASGI connection; anything but HTTP is ignored."""
        if scope["type"] != "http":
            return
        request = HttpRequest(scope, receive)
        call = Call(
            method=request.method,
            path=request.url.path,
            query=dict(request.query_params),
            headers={name.lower(): value for name, value in request.headers.items()},
            body=await request.body(),
            store=self._store,
            base_url=self._base_url,
        )
        call = replace(call, path=scope["path"])
        if not call.path.startswith(_QUIET):
            await asyncio.sleep(float(self._store.setting(LATENCY, 0.0)))
        outcome = self.answer(call)
        self._remember(call, outcome, request.url.query)
        await self._response(call, outcome.answer)(scope, receive, send)

    def answer(self, call: Call) -> _Outcome:
        """Return the answer to one call; a refusal is an answer like any other."""
        client = ""
        match = self._routes.find(call.method, call.path)
        try:
            _check_host(call.headers)
            if outage := turned_away(call):
                return _Outcome(outage, client, known=True)
            if match is None:
                return _Outcome(_no_such_operation(call), client, known=False)
            client = self._client(call, match)
            call = replace(call, client=client, scope=match.scope, captures=match.captures)
            _check_place(call, match)
            return _Outcome(match.route.handler(call), client, known=True)
        except CloudError as error:
            return _Outcome(error.answer(), client, known=True)

    def _client(self, call: Call, match: Match) -> str:
        if match.route.right is Right.OPEN:
            return ""
        client = self._directory.client_of(bearer(call.headers), self._audiences)
        if match.scope is not None and match.route.right is not Right.SIGNED_IN:
            require(self._store, client, match.route.right, match.scope)
        return client

    def _remember(self, call: Call, outcome: _Outcome, query: str) -> None:
        if call.path.startswith(_QUIET) and outcome.known:
            return
        if not outcome.known:
            _LOG.warning("not implemented: %s %s", call.method, call.path)
        target = call.path + (f"?{query}" if query and "sig=" not in query else "")
        entry = (time.time(), call.method, target, outcome.answer.status, outcome.client)
        self._store.log(Request(*entry, known=outcome.known))

    def _response(self, call: Call, answer: Answer) -> Response:
        headers = {
            "x-ms-request-id": str(uuid.uuid4()),
            "x-ms-correlation-request-id": call.headers.get("x-ms-client-request-id", ""),
            **_rate_limit(call.method),
            **answer.headers,
        }
        return Response(answer.data(), answer.status, headers, answer.media_type)


def _check_host(headers: Mapping[str, str]) -> None:
    """Refuse names that merely resolve to loopback, which a web page could use."""
    host = headers.get("host", "").rpartition(":")[0] or headers.get("host", "")
    if host not in LOOPBACK_NAMES:
        raise CloudError(421, "MisdirectedRequest", f"This server is not {host!r}.")


def _check_place(call: Call, match: Match) -> None:
    if call.scope is None:
        return
    if call.path.lower().startswith(_ARM) and "api-version" not in call.query:
        raise CloudError(
            400,
            "MissingApiVersionParameter",
            "The api-version query parameter (?api-version=) is required for all requests.",
        )
    if match.scope is not None:
        require_workspace(call)


def _no_such_operation(call: Call) -> Answer:
    error = CloudError(
        501,
        "SandboxOperationMissing",
        f"The sandbox does not implement {call.method} {call.path}",
    )
    return error.answer()


def _rate_limit(method: str) -> dict[str, str]:
    name, value = ("reads", _READS_PER_HOUR) if method == "GET" else ("writes", _WRITES_PER_HOUR)
    return {f"x-ms-ratelimit-remaining-subscription-{name}": str(value - 1)}

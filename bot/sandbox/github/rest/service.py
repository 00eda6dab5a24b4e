"""The REST API as an ASGI application: authenticates, dispatches, answers as GitHub does."""

import base64
import binascii
import json
from collections.abc import Iterable
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from bot.sandbox.github.accounts import Caller, identify
from bot.sandbox.github.hub import Hub
from bot.sandbox.github.refused import RefusedError
from bot.sandbox.github.rest import (
    activity,
    check_runs,
    issues,
    pull_requests,
    releases,
    repositories,
    teams,
)
from bot.sandbox.github.rest.addresses import API
from bot.sandbox.github.rest.call import Answer, Call, Operation
from bot.sandbox.github.store import now

OPERATIONS: tuple[Operation, ...] = (
    *activity.OPERATIONS,
    *check_runs.OPERATIONS,
    *issues.OPERATIONS,
    *pull_requests.OPERATIONS,
    *releases.OPERATIONS,
    *repositories.OPERATIONS,
    *teams.OPERATIONS,
)
_LIMITS = {
    "x-ratelimit-limit": "5000",
    "x-ratelimit-remaining": "4999",
    "x-ratelimit-used": "1",
    "x-ratelimit-reset": "4102444800",
    "x-ratelimit-resource": "core",
    "x-github-media-type": "github.v3; format=json",
}
_DOCUMENTATION = "https://docs.github.com/rest"


class RestService:
    """Routes of the REST API of one sandbox."""

    def __init__(self, hub: Hub) -> None:
        self._hub = hub

    def routes(self) -> list[BaseRoute]:
        """Return a route for each operation, then one that refuses whatever else comes."""
        known = [self._route(path, methods) for path, methods in _by_path(OPERATIONS)]
        every = ["GET", "POST", "PUT", "PATCH", "DELETE"]
        return [*known, Route(API + "/{rest:path}", self._unknown, methods=every)]

    def _route(self, path: str, operations: dict[str, Operation]) -> Route:
        async def endpoint(request: Request) -> Response:
            operation = operations.get(request.method)
            if operation is None:
                return await self._unknown(request)
            return await self._answer(request, operation)

        every = ["GET", "POST", "PUT", "PATCH", "DELETE"]
        return Route(API + path, endpoint, methods=every)

    async def _answer(self, request: Request, operation: Operation) -> Response:
        try:
            caller = caller_of(self._hub, request)
            self._note("calls", request, login=caller.login)
            call = await self._call(request, caller)
            answer = await run_in_threadpool(_carry_out, operation, call)
        except RefusedError as refused:
            return _refusal(refused)
        return _success(answer)

    async def _call(self, request: Request, caller: Caller) -> Call:
        base = f"{request.url.scheme}://{request.url.netloc}"
        return Call(
            hub=self._hub,
            caller=caller,
            url=f"{base}{request.url.path}",
            base=base,
            path={name: str(value) for name, value in request.path_params.items()},
            query=dict(request.query_params),
            body=await _body(request),
        )

    def _note(self, table: str, request: Request, **more: object) -> None:
        path = request.url.path
        self._hub.store.insert(table, method=request.method, path=path, at=now(), **more)

    async def _unknown(self, request: Request) -> Response:
        self._note("unknown_calls", request)
        return _refusal(RefusedError(404, f"Not Found: {request.method} {request.url.path}"))


def _by_path(operations: Iterable[Operation]) -> list[tuple[str, dict[str, Operation]]]:
    grouped: dict[str, dict[str, Operation]] = {}
    for operation in operations:
        grouped.setdefault(operation.path, {})[operation.method] = operation
    return sorted(grouped.items(), key=lambda item: (item[0].endswith(":path}"), item[0]))


def _carry_out(operation: Operation, call: Call) -> Answer:
    operation.check(call)
    return operation.handler(call)


def caller_of(hub: Hub, request: Request) -> Caller:
    """Return who sent `request`, by bearer token or by basic authentication.

    Raises:
        RefusedError: 401, there is no token, or it is not good.
    """
    kind, _, value = request.headers.get("authorization", "").partition(" ")
    if not value:
        raise RefusedError(401, "Requires authentication")
    token = _password(value) if kind.lower() == "basic" else value.strip()
    caller = identify(hub.store, token)
    if caller is None:
        raise RefusedError(401, "Bad credentials")
    return caller


def _password(value: str) -> str:
    try:
        return base64.b64decode(value, validate=True).decode().partition(":")[2]
    except (binascii.Error, UnicodeDecodeError):
        return ""


async def _body(request: Request) -> Any:
    raw = await request.body()
    if not raw:
        return {}
    try:
        return json.loads(raw)
    except ValueError as error:
        raise RefusedError(400, "Problems parsing JSON") from error


def _success(answer: Answer) -> Response:
    headers = {**_LIMITS, **answer.headers}
    if answer.body is None:
        return Response(status_code=answer.status, headers=headers)
    return JSONResponse(answer.body, answer.status, headers)


def _refusal(refused: RefusedError) -> Response:
    body: dict[str, object] = {
        "message": refused.message,
        "documentation_url": _DOCUMENTATION,
        "status": str(refused.status),
    }
    if refused.errors:
        body["errors"] = list(refused.errors)
    return JSONResponse(body, refused.status, _LIMITS)

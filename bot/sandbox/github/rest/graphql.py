"""The one question that is asked of the GraphQL API: when a comment was last edited.

REST tells when in whole seconds, so an edit within the second of writing shows here alone.
"""

import base64
import binascii
import re

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from bot.sandbox.github.accounts import Caller, has_level
from bot.sandbox.github.hub import Hub
from bot.sandbox.github.refused import RefusedError
from bot.sandbox.github.rest.service import caller_of
from bot.sandbox.github.store import now

PATH = "/api/graphql"
_ASKED = re.compile(
    r"query \w+\(\$id: ID!\) \{ node\(id: \$id\) "
    r"\{ __typename \.\.\. on IssueComment \{ lastEditedAt \} \} \}"
)
_SCOPES = ("issues", "pull-requests")


class GraphqlService:
    """The route of the GraphQL API of one sandbox."""

    def __init__(self, hub: Hub) -> None:
        self._hub = hub

    def routes(self) -> list[BaseRoute]:
        """Return the route; as at GitHub, an answer that holds errors has status 200."""
        return [Route(PATH, self._endpoint, methods=["POST"])]

    async def _endpoint(self, request: Request) -> Response:
        try:
            caller = caller_of(self._hub, request)
        except RefusedError as refused:
            return JSONResponse({"message": refused.message}, refused.status)
        asked = await request.json()
        note = {"method": "POST", "path": PATH, "at": now()}
        self._hub.store.insert("calls", **note, login=caller.login)
        if not _ASKED.fullmatch(" ".join(str(asked.get("query")).split())):
            self._hub.store.insert("unknown_calls", **note)
            return _error("UNKNOWN", "The sandbox does not know this query.")
        node = str((asked.get("variables") or {}).get("id"))
        return await run_in_threadpool(self._answer, caller, node)

    def _answer(self, caller: Caller, node: str) -> Response:
        sql = (
            "SELECT comments.*, repository FROM comments JOIN issues ON issues.id = comments.issue "
            "WHERE comments.id = ?"
        )
        found = self._hub.store.row(sql, _number(node))
        if found is None or not self._may_see(caller, found["repository"]):
            return _error(
                "NOT_FOUND", f"Could not resolve to a node with the global id of '{node}'"
            )
        if caller.is_job and not any(caller.is_granted(scope, "read") for scope in _SCOPES):
            return _error("FORBIDDEN", "Resource not accessible by integration")
        shown = {"__typename": "IssueComment", "lastEditedAt": found["last_edited_at"]}
        return JSONResponse({"data": {"node": shown}})

    def _may_see(self, caller: Caller, repository: int) -> bool:
        if caller.is_job:
            return caller.repository == repository
        return has_level(self._hub.store, repository, caller.login, "read")


def _number(node: str) -> str:
    try:
        kind, _, number = base64.b64decode(node, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return ""
    return number if kind == "IssueComment" else ""


def _error(kind: str, message: str) -> Response:
    return JSONResponse({"data": {"node": None}, "errors": [{"type": kind, "message": message}]})

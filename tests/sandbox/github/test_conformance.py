"""The comparison with GitHub's description notices what it should, and covers what we answer."""

import json
import re
from typing import TYPE_CHECKING

import pytest
import requests
from starlette.types import Message, Receive, Scope, Send

from bot.sandbox.github.accounts import token_of
from bot.sandbox.github.rest.service import OPERATIONS
from tests.sandbox.github.conformance import DESCRIPTION, KNOWN, Conformance

if TYPE_CHECKING:
    from tests.sandbox.github.conftest import Desk

ANSWERED = [
    (method, template)
    for template, item in DESCRIPTION["paths"].items()
    for method in item
    if method != "parameters"
]


@pytest.mark.parametrize(("method", "template"), ANSWERED, ids=str)
def test_answers_every_described_operation(desk: "Desk", method: str, template: str) -> None:
    owner, _, name = desk.name.partition("/")
    path = template.replace("{owner}", owner).replace("{repo}", name)
    path = re.sub(r"\{\w+\}", "1", path)
    headers = {"Authorization": f"Bearer {token_of('ada')}"}
    count = "SELECT COUNT(*) AS n FROM unknown_calls"
    before = desk.served.hub.store.rows(count)[0]["n"]

    requests.request(method, f"{desk.url}/api/v3{path}", headers=headers, json={}, timeout=10)

    assert desk.served.hub.store.rows(count)[0]["n"] == before


def test_answers_nothing_that_is_not_described() -> None:
    def shape(method: str, path: str) -> tuple[str, str]:
        return method.lower(), re.sub(r"\{[^}]+\}", "{}", path)

    described = {shape(method, template) for method, template in ANSWERED}
    excused = {shape(method, template) for method, template, kind in KNOWN if kind == "path"}

    assert {shape(it.method, it.path) for it in OPERATIONS} == described | excused


@pytest.mark.parametrize(
    ("method", "path", "status", "body", "problem"),
    [
        pytest.param("GET", "/repos/a/b", 200, {"id": 1}, "required property", id="incomplete"),
        pytest.param("GET", "/user", 302, {}, "no answer with this status", id="another status"),
        pytest.param("GET", "/orgs/plant", 200, {}, "no such call", id="another call"),
    ],
)
@pytest.mark.anyio
async def test_notices_a_wrong_answer(
    method: str, path: str, status: int, body: object, problem: str
) -> None:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        del scope, receive
        await send({"type": "http.response.start", "status": status, "headers": []})
        await send({"type": "http.response.body", "body": json.dumps(body).encode()})

    async def receive() -> Message:
        return {"type": "http.request", "body": b""}

    async def send(message: Message) -> None:
        del message

    conformance = Conformance(app)
    await conformance({"type": "http", "method": method, "path": f"/api/v3{path}"}, receive, send)

    assert any(problem in found for found in conformance.problems)


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"

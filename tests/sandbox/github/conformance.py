"""Compares every exchange with the sandbox's REST API with GitHub's own description of it."""

import json
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from openapi_schema_validator import OAS30Validator
from starlette.types import ASGIApp, Message, Receive, Scope, Send

API = "/api/v3"


def _with_null(node: Any) -> Any:
    """Return a description in which `nullable` also counts beside oneOf and enum.

    OpenAPI 3.0.3 gives it a meaning beside `type` alone; GitHub means null to be allowed.
    """
    if isinstance(node, list):
        return [_with_null(item) for item in node]
    if not isinstance(node, dict):
        return node
    made = {key: _with_null(value) for key, value in node.items()}
    if made.get("nullable") is True and "oneOf" in made:
        made["oneOf"] = [*made["oneOf"], {"enum": [None]}]
    if made.get("nullable") is True and "enum" in made:
        made["enum"] = [*made["enum"], None]
    return made


DESCRIPTION = _with_null(
    json.loads(Path(__file__).with_name("openapi.json").read_text(encoding="utf-8"))
)
_SEVERAL_SEGMENTS = {"ref"}

# Answers that GitHub gives to any call, and describes apart from the operations.
EVERYWHERE = {
    400: "a body that is no JSON",
    401: "no token, or a bad one",
    403: "a token without the permission",
    404: "a repository that the caller may not see",
}
# Where the description and what GitHub does are known to differ.
KNOWN = {
    ("get", "/repos/{owner}/{repo}/statuses/{sha}", "path"): (
        "PyGithub lists statuses at the address that creates them; GitHub answers it"
    ),
    ("post", "/repos/{owner}/{repo}/issues/{issue_number}/labels", "request"): (
        "PyGithub sends a bare array, which GitHub accepts"
    ),
    ("put", "/repos/{owner}/{repo}/issues/{issue_number}/labels", "request"): (
        "PyGithub sends a bare array, which GitHub accepts"
    ),
    ("post", "/repos/{owner}/{repo}/statuses/{sha}", "422"): (
        "an unknown commit or a text that is too long is answered with 422"
    ),
    ("post", "/repos/{owner}/{repo}/check-runs", "422"): (
        "what the description forbids is answered with 422"
    ),
    ("get", "/repos/{owner}/{repo}/commits/{commit_sha}/pulls", "422"): (
        "an unknown commit is answered with 422"
    ),
    ("post", "/repos/{owner}/{repo}/actions/workflows/{workflow_id}/dispatches", "422"): (
        "a missing or unknown ref is answered with 422"
    ),
}


@dataclass
class Conformance:
    """An ASGI application around the sandbox that notes what GitHub's description forbids."""

    app: ASGIApp
    problems: list[str] = field(default_factory=list)
    seen: set[tuple[str, str, str]] = field(default_factory=set)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or not scope["path"].startswith(f"{API}/"):
            await self.app(scope, receive, send)
            return
        sent, answered = bytearray(), bytearray()
        status = 0

        async def listen() -> Message:
            message = await receive()
            sent.extend(message.get("body", b""))
            return message

        async def tell(message: Message) -> None:
            nonlocal status
            status = message.get("status", status)
            answered.extend(message.get("body", b""))
            await send(message)

        await self.app(scope, listen, tell)
        self._check(scope, bytes(sent), status, bytes(answered))

    def _check(self, scope: Scope, sent: bytes, status: int, answered: bytes) -> None:
        method, path = scope["method"].lower(), scope["path"].removeprefix(API)
        template = _template(method, path)
        if template is None:
            if status != 404 and not _is_known_path(method, path):
                self.problems.append(f"{method} {path}: answered, but GitHub has no such call")
            return
        self.seen.add((method, template, str(status)))
        found = [*_request_problems(method, template, sent, status)]
        found += _response_problems(method, template, status, answered)
        self.problems += [f"{method} {template} {status}: {problem}" for problem in found]


def _pattern(template: str) -> re.Pattern[str]:
    def segment(found: re.Match[str]) -> str:
        return ".+" if found[1] in _SEVERAL_SEGMENTS else "[^/]+"

    return re.compile(re.sub(r"\{(\w+)\}", segment, template))


_TEMPLATES: list[tuple[str, re.Pattern[str]]] = sorted(
    ((path, _pattern(path)) for path in DESCRIPTION["paths"]),
    key=lambda pair: ("{ref}" in pair[0], pair[0].endswith("{ref}"), pair[0]),
)


def _template(method: str, path: str) -> str | None:
    for template, pattern in _TEMPLATES:
        if pattern.fullmatch(path) and method in DESCRIPTION["paths"][template]:
            return template
    return None


def _is_known_path(method: str, path: str) -> bool:
    return any(
        known_method == method and kind == "path" and _pattern(template).fullmatch(path)
        for known_method, template, kind in KNOWN
    )


def _resolve(item: dict[str, Any]) -> dict[str, Any]:
    found: Any = item
    if "$ref" in item:
        found = DESCRIPTION
        for part in item["$ref"].removeprefix("#/").split("/"):
            found = found[part]
    return dict(found)


def _problems(schema: dict[str, Any], value: Any) -> list[str]:
    whole = {"components": DESCRIPTION["components"], **schema}
    validator = OAS30Validator(whole, format_checker=OAS30Validator.FORMAT_CHECKER)
    return [
        f"{'/'.join(map(str, error.absolute_path))}: {error.message[:200]}"
        for error in validator.iter_errors(value)
    ]


def _content(item: dict[str, Any]) -> dict[str, Any] | None:
    schema = _resolve(item).get("content", {}).get("application/json", {}).get("schema")
    return dict(schema) if schema is not None else None


def _request_problems(method: str, template: str, sent: bytes, status: int) -> list[str]:
    operation = DESCRIPTION["paths"][template][method]
    schema = _content(operation.get("requestBody", {}))
    # A refused request may be wrong: that is why it was refused.
    if schema is None or not sent or status >= 400 or (method, template, "request") in KNOWN:
        return []
    return [f"request {problem}" for problem in _problems(schema, json.loads(sent))]


def _response_problems(method: str, template: str, status: int, answered: bytes) -> list[str]:
    responses = DESCRIPTION["paths"][template][method]["responses"]
    described = responses.get(str(status))
    if described is None:
        excused = status in EVERYWHERE or (method, template, str(status)) in KNOWN
        return [] if excused else ["GitHub describes no answer with this status"]
    schema = _content(described)
    if schema is None:
        return ["a body where GitHub sends none"] if answered and status == 204 else []
    return _problems(schema, json.loads(answered))

"""git's smart HTTP protocol, answered by `git http-backend` on the bare repositories."""

import subprocess
from collections.abc import Mapping
from http import HTTPStatus

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from bot.sandbox.github.accounts import Caller
from bot.sandbox.github.git import git_environment
from bot.sandbox.github.hub import Hub, Repository
from bot.sandbox.github.pushes import follow, may_move, may_push, may_read
from bot.sandbox.github.refused import RefusedError
from bot.sandbox.github.rest.service import caller_of

PROTECTED = "ENVBOT_SANDBOX_PROTECTED_REF"
UPDATE_HOOK = f"""#!/bin/sh
# Declines what branch protection forbids; the server names the protected ref.
if [ "$1" = "${PROTECTED}" ]; then
    echo "GH006: Protected branch update failed for $1." >&2
    echo "Changes must be made through a pull request." >&2
    exit 1
fi
case "$1" in refs/pull/*) echo "deny updating a hidden ref" >&2; exit 1 ;; esac
"""
_BRANCHES = "refs/heads/"


class GitService:
    """Routes for `git clone`, `fetch` and `push`."""

    def __init__(self, hub: Hub) -> None:
        self._hub = hub

    def routes(self) -> list[BaseRoute]:
        """Return the two kinds of addresses that git asks for."""
        services = ("info/refs", "git-upload-pack", "git-receive-pack")
        plain = [f"/{{owner}}/{{repo}}/{service}" for service in services]
        addresses = ["/{owner}/{repo}.git/{rest:path}", *plain]
        return [Route(path, self._endpoint, methods=["GET", "POST"]) for path in addresses]

    async def _endpoint(self, request: Request) -> Response:
        try:
            caller = caller_of(self._hub, request)
            repository = self._hub.repository(
                request.path_params["owner"], request.path_params["repo"]
            )
            asked = (request.query_params.get("service", ""), _service(request))
            pushing = "git-receive-pack" in asked
            self._check(repository, caller, pushing=pushing)
        except RefusedError as refused:
            return _refusal(refused)
        body = await request.body()
        environment = _environment(repository, caller, request, len(body))
        receiving = request.method == "POST" and pushing
        work = self._receive if receiving else _run
        return await run_in_threadpool(work, repository, caller, environment, body)

    def _check(self, repository: Repository, caller: Caller, *, pushing: bool) -> None:
        if not may_read(self._hub, repository, caller):
            raise RefusedError(404, "Repository not found.")
        if pushing and not may_push(self._hub, repository, caller):
            message = f"Permission to {repository.full_name}.git denied to {caller.login}."
            raise RefusedError(403, message)

    def _receive(
        self, repository: Repository, caller: Caller, environment: Mapping[str, str], body: bytes
    ) -> Response:
        with self._hub.writing(repository):
            before = repository.git.refs(_BRANCHES)
            answer = _run(repository, caller, environment, body)
            follow(self._hub, repository, caller, before)
        return answer


def _service(request: Request) -> str:
    """Return what follows the repository in the address."""
    return request.url.path.split("/", 3)[3]


def _environment(
    repository: Repository, caller: Caller, request: Request, length: int
) -> dict[str, str]:
    protected = "" if may_move(repository, caller, repository.default_ref) else "yes"
    headers = {
        "CONTENT_TYPE": request.headers.get("content-type", ""),
        "HTTP_CONTENT_ENCODING": request.headers.get("content-encoding", ""),
        "GIT_PROTOCOL": request.headers.get("git-protocol", ""),
    }
    return {
        **git_environment(),
        **headers,
        "GIT_PROJECT_ROOT": str(repository.git.path),
        "GIT_HTTP_EXPORT_ALL": "1",
        "PATH_INFO": f"/{_service(request)}",
        "QUERY_STRING": request.url.query,
        "REQUEST_METHOD": request.method,
        "REMOTE_USER": caller.login,
        "REMOTE_ADDR": "127.0.0.1",
        "CONTENT_LENGTH": str(length),
        PROTECTED: repository.default_ref if protected else "",
    }


def _run(
    repository: Repository, caller: Caller, environment: Mapping[str, str], body: bytes
) -> Response:
    del repository, caller
    done = subprocess.run(
        ["git", "http-backend"],
        input=body,
        capture_output=True,
        env=dict(environment),
        check=False,
    )
    head, _, content = done.stdout.partition(b"\r\n\r\n")
    if done.returncode or not head:
        return Response(done.stderr, 500, media_type="text/plain")
    headers = dict(line.split(": ", 1) for line in head.decode().split("\r\n"))
    status = int(headers.pop("Status", "200 OK").split(" ", 1)[0])
    return Response(content, status, headers)


def _refusal(refused: RefusedError) -> Response:
    headers = (
        {"www-authenticate": 'Basic realm="GitHub"'}
        if refused.status == HTTPStatus.UNAUTHORIZED
        else {}
    )
    return Response(f"{refused.message}\n", refused.status, headers, "text/plain")

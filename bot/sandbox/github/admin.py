"""What tests and people ask the sandbox itself, below /sandbox/."""

from collections.abc import Callable
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import BaseRoute, Route

from bot.sandbox.github.accounts import Caller, add_team
from bot.sandbox.github.actions.oidc import IdTokens
from bot.sandbox.github.actions.records import jobs_of, list_runs
from bot.sandbox.github.actions.runner import Runner
from bot.sandbox.github.hub import DEFAULT_SETTINGS, Event, Hub
from bot.sandbox.github.refused import RefusedError, not_found
from bot.sandbox.github.seed import add_collaborator
from bot.sandbox.github.store import Row, loads

_LONGEST_WAIT_SECONDS = 600.0
_SENDER = "github-actions[bot]"


class AdminService:
    """Routes below /sandbox/, and the one that gives jobs their ID tokens."""

    def __init__(self, hub: Hub, runner: Runner | None, tokens: IdTokens) -> None:
        self._hub = hub
        self._runner = runner
        self._tokens = tokens

    def routes(self) -> list[BaseRoute]:
        """Return the routes."""
        return [
            Route("/sandbox/calls", self._calls),
            Route("/sandbox/unknown-calls", self._unknown_calls),
            Route("/sandbox/runs", self._runs),
            Route("/sandbox/runs/{run:int}/{job}/{what}", self._file),
            Route("/sandbox/idle", self._idle),
            Route("/sandbox/schedule", self._posted(self._schedule), methods=["POST"]),
            Route("/sandbox/settings", self._posted(self._settings), methods=["POST"]),
            Route("/sandbox/teams", self._posted(self._team), methods=["POST"]),
            Route("/sandbox/collaborators", self._posted(self._access), methods=["POST"]),
            Route("/_services/oidc/idtoken", self._id_token),
        ]

    async def _calls(self, request: Request) -> Response:
        """Answer the calls to the REST API whose token was good, oldest first, `after` an id."""
        after = request.query_params.get("after", "0")
        if not after.isdecimal():
            return PlainTextResponse("after is the id of a call\n", 400)
        rows = self._hub.store.rows("SELECT * FROM calls WHERE id > ? ORDER BY id", int(after))
        return JSONResponse([dict(row) for row in rows])

    async def _unknown_calls(self, request: Request) -> Response:
        del request
        rows = self._hub.store.rows("SELECT method, path, at FROM unknown_calls ORDER BY id")
        return JSONResponse({"count": len(rows), "calls": [dict(row) for row in rows]})

    async def _runs(self, request: Request) -> Response:
        del request
        return JSONResponse([self._run(row) for row in list_runs(self._hub)])

    def _run(self, row: Row) -> dict[str, Any]:
        jobs = [
            {**dict(job), "outputs": loads(job["outputs"])} for job in jobs_of(self._hub, row["id"])
        ]
        shown = {key: row[key] for key in row.keys() if key != "payload"}  # noqa: SIM118 (a Row)
        return {**shown, "jobs": jobs}

    async def _file(self, request: Request) -> Response:
        """Answer a job's log, or the summary it wrote."""
        run, job = request.path_params["run"], request.path_params["job"]
        known = {row["job"] for row in jobs_of(self._hub, run)}
        suffix = {"log": "log", "summary": "summary.md"}.get(request.path_params["what"])
        path = self._hub.state / "runs" / str(run) / f"{job}.{suffix}"
        if job not in known or suffix is None or not path.exists():
            return PlainTextResponse("Not Found\n", 404)
        return PlainTextResponse(path.read_text(encoding="utf-8", errors="replace"))

    async def _idle(self, request: Request) -> Response:
        """Wait until no run is queued or in progress, at most `timeout` seconds."""
        try:
            seconds = float(request.query_params.get("timeout", "60"))
        except ValueError:
            return PlainTextResponse("timeout is a number of seconds\n", 400)
        if self._runner is None:
            return JSONResponse({"idle": True})
        idle = await run_in_threadpool(
            self._runner.await_quiet, min(seconds, _LONGEST_WAIT_SECONDS)
        )
        return JSONResponse({"idle": idle}, 200 if idle else 504)

    def _posted(self, act: Callable[[dict[str, Any]], None]) -> Callable[[Request], Any]:
        async def endpoint(request: Request) -> Response:
            if request.headers.get("content-type") != "application/json":
                return PlainTextResponse("Send JSON.\n", 415)
            try:
                await run_in_threadpool(act, await request.json())
            except RefusedError as refused:
                return PlainTextResponse(f"{refused.message}\n", refused.status)
            except (KeyError, ValueError) as error:
                return PlainTextResponse(f"Missing or wrong: {error}\n", 400)
            return JSONResponse({"done": True})

        return endpoint

    def _schedule(self, asked: dict[str, Any]) -> None:
        """Emit the `schedule` event of one workflow file, as its cron would."""
        owner, _, name = asked["repository"].partition("/")
        repository = self._hub.repository(owner, name)
        sha = repository.git.find(repository.default_ref)
        if sha is None:
            raise not_found()
        subject = {"workflow": asked["workflow"], "cron": asked.get("cron", "")}
        ref = repository.default_ref
        self._hub.emit(Event("schedule", "", repository, Caller(_SENDER), ref, sha, subject))

    def _settings(self, asked: dict[str, Any]) -> None:
        """Change a repository's required statuses, or who may go round branch protection."""
        owner, _, name = asked["repository"].partition("/")
        settings = {key: asked[key] for key in DEFAULT_SETTINGS if key in asked}
        self._hub.change_settings(self._hub.repository(owner, name), settings)

    def _team(self, asked: dict[str, Any]) -> None:
        """Make a team of exactly these people."""
        add_team(self._hub.store, asked["organisation"], asked["slug"], asked["members"])

    def _access(self, asked: dict[str, Any]) -> None:
        """Give somebody access to a repository, or take it away."""
        owner, _, name = asked["repository"].partition("/")
        repository = self._hub.repository(owner, name)
        add_collaborator(self._hub, repository, asked["login"], asked["permission"])

    async def _id_token(self, request: Request) -> Response:
        """Give the holder of a request token a signed ID token for the asked audience."""
        bearer = request.headers.get("authorization", "").rpartition(" ")[2]
        audience = request.query_params.get("audience", "")
        token = self._tokens.issue(bearer, audience) if audience else None
        if token is None:
            return JSONResponse({"message": "Unauthorized"}, 401)
        return JSONResponse({"count": len(token), "value": token})

"""One job as a process of its own, with the environment that GitHub Actions gives it."""

import json
import os
import secrets
import shlex
import signal
import subprocess
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bot.sandbox.github.accounts import ACTIONS_BOT
from bot.sandbox.github.actions.expression import ExpressionError, insert
from bot.sandbox.github.actions.oidc import IdTokens
from bot.sandbox.github.actions.outputs import read_outputs
from bot.sandbox.github.actions.records import Run
from bot.sandbox.github.actions.rooms import actions, machine, make_rooms
from bot.sandbox.github.actions.workflow import JobSpec
from bot.sandbox.github.git import GitError
from bot.sandbox.github.hub import Hub

VARIABLES_FILE = "actions-variables.json"
ENVIRONMENT_FILE = "job-environment.json"
ID_TOKEN_PATH = "/_services/oidc/idtoken"  # noqa: S105 (an address)
_KILL_AFTER_SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class JobResult:
    """How a job ended: success, failure, cancelled or skipped; and its outputs."""

    conclusion: str
    outputs: Mapping[str, str] = field(default_factory=dict)


class Worker:
    """Runs jobs; `bot` is the command that stands for `envbot` in a workflow's steps."""

    def __init__(self, hub: Hub, tokens: IdTokens, bot: Sequence[str]) -> None:
        self._hub = hub
        self._tokens = tokens
        self._bot = tuple(bot)
        self._live: set[subprocess.Popen[bytes]] = set()
        self._lock = threading.Lock()
        self._closed = threading.Event()

    def run(self, run: Run, job: JobSpec, contexts: Mapping[str, Any]) -> JobResult:
        """Run one job to its end and return how it ended; its log is runs/ID/JOB.log."""
        folder = run.folder(self._hub.state)
        folder.mkdir(parents=True, exist_ok=True)
        with (folder / f"{job.id}.log").open("ab") as log:
            try:
                return self._run(run, job, contexts, log.fileno())
            except (ExpressionError, GitError, OSError, ValueError) as error:
                log.write(f"The runner could not run this job: {error}\n".encode())
                return JobResult("failure")

    def _run(self, run: Run, job: JobSpec, contexts: Mapping[str, Any], log: int) -> JobResult:
        command = self._command(job)
        if not command:
            return JobResult("success")
        with self._identity(run, job) as identity, make_rooms(self._hub, run, job) as rooms:
            context = self._contexts(run, job, contexts, identity)
            environment = {
                **machine(rooms),
                **_read_json(self._hub.state / ENVIRONMENT_FILE),
                **actions(self._hub, run, job, rooms),
                **identity.variables,
                **{name: insert(text, context) for name, text in job.env.items()},
            }
            conclusion = self._process(command, environment, (rooms.work, log), job.minutes * 60)
            outputs = _outputs(job, context, rooms.output)
        return JobResult(conclusion, outputs)

    def _command(self, job: JobSpec) -> list[str]:
        words = shlex.split(job.command)
        if words == ["true"]:
            return []
        if words[:1] != ["envbot"] or "\n" in job.command:
            message = f"`{job.command}` is not a command of envbot."
            raise ValueError(message)
        return [*self._bot, *words[1:]]

    def _contexts(
        self, run: Run, job: JobSpec, contexts: Mapping[str, Any], identity: "_Identity"
    ) -> dict[str, Any]:
        variables = _read_json(self._hub.state / VARIABLES_FILE)
        seen = {**variables.get("", {}), **variables.get(job.environment, {})}
        github = {**contexts["github"], "token": identity.token, "job": job.id, "run_id": run.id}
        return {
            **contexts,
            "github": github,
            "vars": seen,
            "secrets": {**seen, "GITHUB_TOKEN": identity.token},
        }

    @contextmanager
    def _identity(self, run: Run, job: JobSpec) -> Iterator["_Identity"]:
        """Give a job its tokens and, in an environment, its deployment; take them back after."""
        repository = run.event.repository
        token = f"ghs_{secrets.token_hex(18)}"
        self._hub.store.insert(
            "tokens",
            token=token,
            login=ACTIONS_BOT,
            repository=repository.id,
            permissions=json.dumps(dict(job.permissions)),
            run=run.id,
            job=job.id,
        )
        request = ""
        if job.permissions.get("id-token") == "write":
            request = self._tokens.open(_subject(run, job), repository.full_name)
        try:
            yield _Identity(token, _id_token_variables(self._hub.url, request))
        finally:
            self._tokens.close(request)
            self._hub.store.change("DELETE FROM tokens WHERE token = ?", token)

    def _process(
        self,
        command: list[str],
        environment: Mapping[str, str],
        place: tuple[Path, int],
        seconds: float,
    ) -> str:
        work, log = place
        with self._lock:
            if self._closed.is_set():
                return "cancelled"
            process = subprocess.Popen(
                command,
                cwd=work,
                env=dict(environment),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
            self._live.add(process)
        try:
            code = process.wait(seconds)
        except subprocess.TimeoutExpired:
            os.write(log, f"Cancelled after {seconds:.0f} s.\n".encode())
            _end(process)
            return "cancelled"
        finally:
            with self._lock:
                self._live.discard(process)
        os.write(log, f"Ended with code {code}.\n".encode())
        if self._closed.is_set():
            return "cancelled"
        return "failure" if code else "success"

    def close(self) -> None:
        """End the running jobs, and start no others."""
        with self._lock:
            self._closed.set()
            live = list(self._live)
        for process in live:
            _end(process)


@dataclass(frozen=True, slots=True)
class _Identity:
    token: str
    variables: Mapping[str, str]


def _id_token_variables(url: str, request: str) -> dict[str, str]:
    if not request:
        return {}
    return {
        "ACTIONS_ID_TOKEN_REQUEST_URL": f"{url}{ID_TOKEN_PATH}?api-version=2.0",
        "ACTIONS_ID_TOKEN_REQUEST_TOKEN": request,
    }


def _subject(run: Run, job: JobSpec) -> str:
    root = f"repo:{run.event.repository.full_name}"
    if job.environment:
        return f"{root}:environment:{job.environment}"
    if run.event.name in ("pull_request", "pull_request_review"):
        return f"{root}:pull_request"
    return f"{root}:ref:{run.event.ref}"


def _outputs(job: JobSpec, contexts: Mapping[str, Any], file: Path) -> dict[str, str]:
    steps = {job.step: {"outputs": read_outputs(file.read_text(encoding="utf-8"))}}
    return {name: insert(text, {**contexts, "steps": steps}) for name, text in job.outputs.items()}


def _read_json(path: Path) -> dict[str, Any]:
    if not path.exists():
        return {}
    content = json.loads(path.read_text(encoding="utf-8"))
    return dict(content)


def _end(process: subprocess.Popen[bytes]) -> None:
    for number in (signal.SIGTERM, signal.SIGKILL):
        try:
            os.killpg(process.pid, number)
            process.wait(_KILL_AFTER_SECONDS)
        except ProcessLookupError:
            return
        except subprocess.TimeoutExpired:
            continue
        return

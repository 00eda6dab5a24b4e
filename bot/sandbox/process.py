"""Sandbox servers as separate processes: started, awaited, stopped by their own id."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.errors import BotError

START_SECONDS = 30.0
STOP_SECONDS = 10.0
_POLL_SECONDS = 0.02


@dataclass(frozen=True, slots=True)
class RunningServer:
    """A server that answers; `facts` is what it wrote about itself when it was ready."""

    url: str
    state: Path
    facts: Mapping[str, Any]
    process: subprocess.Popen[bytes]

    @property
    def pid(self) -> int:
        """The server's process id."""
        return self.process.pid

    def stop(self) -> None:
        """End the process and wait until it is gone: SIGTERM first, SIGKILL after 10 s."""
        self.process.terminate()
        try:
            self.process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.kill()

    def kill(self) -> None:
        """End the process at once, as a crash would, and wait until it is gone."""
        self.process.kill()
        self.process.wait(STOP_SECONDS)


def start(module: str, state: Path, ready_file: str, *options: str) -> RunningServer:
    """Run `python -m MODULE --state STATE OPTIONS` and return once it is ready.

    The server is ready when it has written STATE/READY_FILE, a JSON object with `url` and its own
    `pid`. What it prints goes to STATE/READY_FILE.log. Raises BotError, with the end of that log,
    when it ends early or is not ready within 30 s; it does not run on then.
    """
    state.mkdir(parents=True, exist_ok=True)
    (state / ready_file).unlink(missing_ok=True)
    command = [sys.executable, "-m", module, "--state", str(state), *options]
    with (state / f"{ready_file}.log").open("ab") as log:
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
    try:
        facts = _await_ready(process, state, ready_file)
    except BaseException:
        process.kill()
        process.wait(STOP_SECONDS)
        raise
    return RunningServer(str(facts["url"]), state, facts, process)


def _await_ready(
    process: subprocess.Popen[bytes], state: Path, ready_file: str
) -> Mapping[str, Any]:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        facts = _facts(state / ready_file)
        if facts is not None and facts.get("pid") == process.pid:
            return facts
        if process.poll() is not None:
            raise BotError(_failure(f"ended with code {process.returncode}", state, ready_file))
        time.sleep(_POLL_SECONDS)
    raise BotError(_failure(f"was not ready within {START_SECONDS:.0f} s", state, ready_file))


def _facts(path: Path) -> dict[str, Any] | None:
    return json.loads(path.read_text(encoding="utf-8")) if path.exists() else None


def _failure(what: str, state: Path, ready_file: str) -> str:
    log = (state / f"{ready_file}.log").read_text(encoding="utf-8", errors="replace")
    tail = log.strip()[-500:]
    return f"The sandbox server of {ready_file} {what}: {tail or 'it printed nothing'}"


def is_running(pid: int) -> bool:
    """Return whether a process with that id exists and may be signalled by this user."""
    try:
        os.kill(pid, 0)
    except (ProcessLookupError, PermissionError):
        return False
    return True


def server_pids(state: Path) -> tuple[int, ...]:
    """Return the ids that the servers of `state` wrote when they last became ready."""
    facts = (_facts(state / name) for name in ("azureml.json", "github.json"))
    return tuple(int(known["pid"]) for known in facts if known)

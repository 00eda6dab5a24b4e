"""`python -m faults.zygote SOCKET PID_FILE`: envbot with its SDKs imported, forked for each job.

Importing costs seconds and a fork milliseconds; the fork is a process of its own, and can be killed
like any other.
"""

import gc
import importlib
import inspect
import json
import os
import random
import select
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nbformat

_START_SECONDS = 60.0
_NOTEBOOK = {"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
_SLOW = (
    "azure.ai.ml.dsl._component_func",
    "azure.ai.ml.dsl._dynamic",
    "azure.ai.ml.dsl._overrides_definition",
    "azure.ai.ml.entities._component.component_factory",
    "azure.ai.ml.entities._job.pipeline._load_component",
    "azure.core.rest._requests_basic",
    "bot.adapters.actions",
    "bot.adapters.azureml",
    "bot.adapters.github",
    "bot.cli",
    "bot.adapters.clock",
    "bot.adapters.image_registry",
    "bot.adapters.terminal",
    "bot.adapters.webhook",
    "bot.core.facts.python.comparison",
    "bot.handlers.event",
    "bot.wiring",
)


@dataclass(frozen=True, slots=True)
class Zygote:
    """A running zygote."""

    socket: Path
    pid_file: Path
    process: subprocess.Popen[bytes]

    @property
    def command(self) -> tuple[str, ...]:
        """Return what stands for `envbot`."""
        client = Path(__file__).with_name("client.py")
        return (sys.executable, "-I", "-S", str(client), str(self.socket))

    def kill_bot(self) -> None:
        """Kill the running bot, with every process that it started; returns when it is gone."""
        with suppress(FileNotFoundError, ValueError):
            pid = int(self.pid_file.read_text())
            with suppress(ProcessLookupError):
                os.killpg(pid, signal.SIGKILL)
            while _is_alive(pid):
                os.sched_yield()

    def stop(self) -> None:
        """End the zygote."""
        self.process.terminate()
        self.process.wait(10)
        for pipe in (self.process.stdin, self.process.stdout):
            if pipe:
                pipe.close()


def _is_alive(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return False
    return state != "Z"


def start(folder: Path, code: Path = Path(__file__).parents[1]) -> Zygote:
    """Start a zygote of the bot in `code` that keeps its files in `folder`; returns once ready."""
    address, pid_file = folder / "zygote.socket", folder / "bot.pid"
    command = [sys.executable, "-m", "faults.zygote", str(address), str(pid_file)]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=code)
    said = process.stdout.readline() if process.stdout else b""
    if said != b"ready\n":
        process.kill()
        process.wait(_START_SECONDS)
        raise RuntimeError("the zygote did not start")
    return Zygote(address, pid_file, process)


def _serve(address: str, pid_file: Path) -> None:
    for name in _SLOW:
        importlib.import_module(name)
    inspect.stack()  # the first one looks at every module there is, and the SDK looks often
    nbformat.validate(_NOTEBOOK)  # the first one compiles the format's schema
    gc.collect()
    gc.freeze()
    # Keepers are nobody's to wait for.
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(address)
        listening.listen(8)
        os.write(1, b"ready\n")
        while _has_caller(listening):
            connection, _ = listening.accept()
            with connection:
                if os.fork() == 0:
                    listening.close()
                    _keep(connection, pid_file)


def _has_caller(listening: socket.socket) -> bool:
    """Wait for a caller; False once the harness is gone, which held the other end of stdin."""
    readable, _, _ = select.select([listening.fileno(), 0], [], [])
    return 0 not in readable


def _keep(connection: socket.socket, pid_file: Path) -> None:
    """Run one bot and tell its client how it ended."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    size, descriptors, _, _ = socket.recv_fds(connection, 4, 2)
    asked = json.loads(connection.recv(int.from_bytes(size, "big"), socket.MSG_WAITALL))
    ready, may_start = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.close(may_start)
        os.read(ready, 1)
        connection.close()
        _become_bot(asked, descriptors)
    with suppress(ProcessLookupError):
        os.setpgid(pid, pid)
    pid_file.write_text(str(pid))
    os.close(may_start)
    _wait(pid, connection)
    _, status = os.waitpid(pid, 0)
    pid_file.unlink(missing_ok=True)
    code = os.waitstatus_to_exitcode(status)
    with suppress(OSError):
        connection.sendall(str(code if code >= 0 else 128 - code).encode())
    os._exit(0)


def _wait(pid: int, connection: socket.socket) -> None:
    """Wait for the bot's end; it is killed with its client, which says nothing more by itself."""
    bot = os.pidfd_open(pid)
    readable, _, _ = select.select([bot, connection.fileno()], [], [])
    if bot not in readable:
        with suppress(ProcessLookupError):
            os.killpg(pid, signal.SIGKILL)
    os.close(bot)


def _become_bot(asked: dict[str, Any], descriptors: Sequence[int]) -> None:
    os.setpgid(0, 0)
    for target, descriptor in enumerate(descriptors, 1):
        os.dup2(descriptor, target)
    os.close(0)
    os.open(os.devnull, os.O_RDONLY)
    os.chdir(asked["folder"])
    os.environ.clear()
    os.environ.update(asked["environment"])
    random.seed()
    main: Callable[[list[str]], None] = importlib.import_module("bot.cli").main
    code: object = 3
    try:
        main(asked["arguments"])
    except SystemExit as ended:
        code = ended.code
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code if isinstance(code, int) else 3)


if __name__ == "__main__":
    _serve(sys.argv[1], Path(sys.argv[2]))

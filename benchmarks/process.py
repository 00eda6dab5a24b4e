"""Whole processes as one side of a case."""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

ENVBOT = (sys.executable, str(Path(sys.executable).with_name("envbot")))
# Nothing of the user's git, so that two machines measure the same.
GIT_SETTINGS = {
    "GIT_AUTHOR_NAME": "envbot",
    "GIT_AUTHOR_EMAIL": "envbot@example.com",
    "GIT_COMMITTER_NAME": "envbot",
    "GIT_COMMITTER_EMAIL": "envbot@example.com",
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_NOSYSTEM": "1",
}


def output(
    command: Sequence[str],
    *,
    folder: Path | None = None,
    settings: Mapping[str, str] | None = None,
    accept: Sequence[int] = (0,),
) -> str:
    """Return what `command` prints; CalledProcessError where its exit code is not accepted."""
    finished = subprocess.run(
        command,
        cwd=folder,
        env={**_environment(), **(settings or {})},
        stdout=subprocess.PIPE,
        check=False,
    )
    if finished.returncode not in accept:
        raise subprocess.CalledProcessError(finished.returncode, list(command))
    return finished.stdout.decode()


def git(folder: Path, *arguments: str) -> str:
    """Return what one git command in `folder` prints, without the line end."""
    command = ["git", "-c", "gc.auto=0", *arguments]
    return output(command, folder=folder, settings=GIT_SETTINGS).rstrip("\n")


def imported_modules(command: Sequence[str], *, folder: Path | None = None) -> int:
    """Return how many modules a Python `command` imports, those of the interpreter included."""
    python, *rest = command
    finished = subprocess.run(
        [python, "-X", "importtime", *rest], cwd=folder, capture_output=True, check=False
    )
    lines = finished.stderr.decode().splitlines()
    return sum(line.startswith("import time:") for line in lines) - 1


def git_processes(command: Sequence[str], folder: Path) -> int:
    """Return how many git processes `command` starts, counted by a git that comes first on PATH."""
    real = shutil.which("git")
    with tempfile.TemporaryDirectory() as name:
        log, wrapper = Path(name) / "log", Path(name) / "git"
        wrapper.write_text(f'#!/bin/sh\necho >> "{log}"\nexec "{real}" "$@"\n', encoding="utf-8")
        wrapper.chmod(0o755)
        path = f"{name}{os.pathsep}{os.environ['PATH']}"
        subprocess.run(
            command, cwd=folder, env={**os.environ, "PATH": path}, capture_output=True, check=False
        )
        return len(log.read_text(encoding="utf-8").splitlines())


def _environment() -> dict[str, str]:
    """Return the environment of an installed program, whose modules are compiled beforehand."""
    return {key: os.environ[key] for key in os.environ if key != "PYTHONDONTWRITEBYTECODE"}

"""Whole processes as one side of a case."""

import os
import subprocess
import sys
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
    command: Sequence[str], *, folder: Path | None = None, settings: Mapping[str, str] | None = None
) -> str:
    """Return what `command` prints; CalledProcessError where it fails."""
    finished = subprocess.run(
        command,
        cwd=folder,
        env={**os.environ, **(settings or {})},
        stdout=subprocess.PIPE,
        check=True,
    )
    return finished.stdout.decode()


def git(folder: Path, *arguments: str) -> str:
    """Return what one git command in `folder` prints, without the line end."""
    command = ["git", "-c", "gc.auto=0", *arguments]
    return output(command, folder=folder, settings=GIT_SETTINGS).rstrip("\n")


def imported_modules(command: Sequence[str], *, folder: Path | None = None) -> int:
    """Return how many modules a Python `command` imports, those of the interpreter included."""
    python, *rest = command
    finished = subprocess.run(
        [python, "-X", "importtime", *rest], cwd=folder, capture_output=True, check=True
    )
    lines = finished.stderr.decode().splitlines()
    return sum(line.startswith("import time:") for line in lines) - 1

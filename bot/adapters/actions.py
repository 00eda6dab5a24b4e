"""The Actions runner: the event in; outputs, summary, annotations and artifacts out."""

import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.core.problem import Problem
from bot.errors import BotError


@dataclass(frozen=True, slots=True)
class Event:
    """What woke the bot: a name and GitHub's payload, of which only identifiers are used."""

    name: str
    payload: Mapping[str, Any]


class Actions:
    """Reads and writes the files that the runner names in the environment."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self._environment = environment

    def event(self) -> Event:
        """Return the event of this run.

        Raises:
            BotError: this is not a run of GitHub Actions, or the payload cannot be read.
        """
        name, path = (
            self._environment.get(f"GITHUB_EVENT_{part}", "") for part in ("NAME", "PATH")
        )
        if not name or not path:
            raise BotError(
                "GITHUB_EVENT_NAME and GITHUB_EVENT_PATH are not set: no event to answer."
            )
        try:
            payload = json.loads(Path(path).read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:
            raise BotError(f"The payload of the {name} event cannot be read.") from error
        if not isinstance(payload, dict):
            raise BotError(f"The payload of the {name} event is no JSON object.")
        return Event(name, payload)

    def run_url(self) -> str:
        """Return the page of this run, or an empty string outside of Actions."""
        parts = [
            self._environment.get(key, "")
            for key in ("GITHUB_SERVER_URL", "GITHUB_REPOSITORY", "GITHUB_RUN_ID")
        ]
        return "{}/{}/actions/runs/{}".format(*parts) if all(parts) else ""

    def set_output(self, name: str, value: str) -> None:
        """Set a step output; a random delimiter keeps `value` from adding others."""
        delimiter = secrets.token_hex(16)
        self._append("GITHUB_OUTPUT", f"{name}<<{delimiter}\n{value}\n{delimiter}\n")

    def summarize(self, markdown: str) -> None:
        """Append to the job summary."""
        self._append("GITHUB_STEP_SUMMARY", markdown.rstrip("\n") + "\n")

    def keep(self, name: str, data: bytes) -> None:
        """Write a file where the workflow's upload step looks for artifacts.

        Raises:
            BotError: it cannot be written.
        """
        workspace = self._environment.get("GITHUB_WORKSPACE")
        if not workspace:
            return
        folder = Path(workspace) / "artifacts"
        try:
            folder.mkdir(exist_ok=True)
            (folder / name).write_bytes(data)
        except OSError as error:
            raise BotError(f"{folder / name} cannot be written ({error.strerror}).") from error

    def _append(self, variable: str, text: str) -> None:
        path = self._environment.get(variable)
        if not path:
            return
        try:
            with Path(path).open("a", encoding="utf-8", newline="") as file:
                file.write(text)
        except OSError as error:
            raise BotError(f"The file of {variable} cannot be written to.") from error


def annotation(problem: Problem) -> str:
    """Return the workflow command that marks `problem` on the lines of the diff."""
    place = (
        f"file={_property(problem.path)},line={max(problem.line, 1)},col={max(problem.column, 1)}"
    )
    return f"::error {place},title=envbot::{_data(f'{problem.what}. {problem.remedy}')}"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")

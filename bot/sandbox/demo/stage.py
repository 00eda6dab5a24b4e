"""What every chapter of the story works with."""

import os
import re
import subprocess
import sys
from collections.abc import Collection
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import requests

from bot.core.config.platform import Platform
from bot.errors import BotError
from bot.sandbox.azureml.control import Control
from bot.sandbox.demo.inspection import Inspector
from bot.sandbox.demo.narration import Narrator, sections
from bot.sandbox.demo.people import Person
from bot.sandbox.world import World, terminal_environment

ENVIRONMENT = "custom-tf-env"
_SUMMARY, _REPLY, _CALL = "summary", "reply", "call"
_KIND = re.compile(r"<!-- envbot:v1 kind=(\w+)")
_PATIENCE_SECONDS = 120


@dataclass(slots=True)
class Stage:
    """The servers, the people, the eyes and the voice."""

    world: World
    platform: Platform
    home: Path
    azure: Inspector
    say: Narrator
    _people: dict[str, Person] = field(default_factory=dict)
    _told: dict[int, set[str]] = field(default_factory=dict)
    _settled: int = 0

    def person(self, login: str) -> Person:
        """Return one of the people."""
        if login not in self._people:
            self._people[login] = Person(self.world, login, self.home)
        return self._people[login]

    @property
    def control(self) -> Control:
        """Return the sandbox's own door to Azure: what fails there, and what was called."""
        return Control(self.world.state)

    def settle(self, failing: Collection[str] = ()) -> None:
        """Wait until every workflow run that was started has ended.

        Args:
            failing: the jobs that must have failed since the last time.

        Raises:
            BotError: they take too long, or other jobs than these failed.
        """
        url = f"{self.world.github.url}/sandbox/idle?timeout={_PATIENCE_SECONDS}"
        if requests.get(url, timeout=_PATIENCE_SECONDS + 10).status_code != requests.codes.ok:
            raise BotError(f"The bot was not done after {_PATIENCE_SECONDS} s.")
        runs = [run for run in self._runs() if run["id"] > self._settled]
        jobs = {f"{run['id']}/{job['job']}": job for run in runs for job in run["jobs"]}
        failed = {name: job for name, job in jobs.items() if job["conclusion"] == "failure"}
        if {job["job"] for job in failed.values()} != set(failing):
            where = self.world.state / "runs"
            raise BotError(f"Jobs failed: {', '.join(failed) or 'none'}; see {where}.")
        self._settled = max([self._settled, *(run["id"] for run in runs)])

    def tell_new(self, number: int) -> None:
        """Show what the bot has written in a pull request, each section of it once."""
        for kind, author, body in self._by_bot(number):
            self._tell(number, kind, author, body)

    def tell_reply(self, number: int) -> None:
        """Show the bot's newest reply to a command, and take the rest as read."""
        comments = self._by_bot(number)
        newest = max(at for at, (kind, _, _) in enumerate(comments) if kind == _REPLY)
        for at, (kind, author, body) in enumerate(comments):
            if at == newest:
                self._tell(number, kind, author, body)
        known = self._told.setdefault(number, set())
        known.update(text for _, _, body in comments for text in sections(body))

    def _tell(self, number: int, kind: str, author: str, body: str) -> None:
        known = self._told.setdefault(number, set())
        new = [text for text in sections(body) if text not in known]
        known.update(new)
        if new and kind == _CALL:
            self.say.act(author, f"calls {new[0]}")
        elif new:
            self.say.comment(f"{author}, {kind}", new)

    def log(self, job: str) -> str:
        """Return what the newest run of a workflow job printed."""
        newest = max(run["id"] for run in self._runs() if any(j["job"] == job for j in run["jobs"]))
        url = f"{self.world.github.url}/sandbox/runs/{newest}/{job}/log"
        return requests.get(url, timeout=10).text

    def tell_log(self, job: str) -> None:
        """Show what the newest run of a workflow job printed."""
        self.say.log(f"log of job {job}", self.log(job))

    def tell_envbot(self, *arguments: str) -> None:
        """Show what `envbot` says to marie in her terminal."""
        marie = self.person("marie")
        marie.begin_branch("look")
        done = subprocess.run(
            [sys.executable, "-m", "bot", *arguments],
            capture_output=True,
            check=False,
            cwd=marie.folder,
            env={**os.environ, **terminal_environment(self.world.state)},
            text=True,
        )
        self.say.check(f"envbot {arguments[0]} ends with 0", holds=done.returncode == 0)
        self.say.log(f"marie$ envbot {' '.join(arguments)}", done.stdout)

    def summary(self, number: int) -> str:
        """Return the summary comment of a pull request."""
        return next((body for kind, _, body in self._by_bot(number) if kind == _SUMMARY), "")

    def reply(self, number: int) -> str:
        """Return the newest reply of the bot to a command."""
        replies = [body for kind, _, body in self._by_bot(number) if kind == _REPLY]
        return replies[-1] if replies else ""

    def release_status(self, number: int) -> tuple[str, str]:
        """Return state and description of `envbot/release` on the head."""
        person = self.person("marie")
        return person.status(person.pull(number).head.sha, "envbot/release")

    def _by_bot(self, number: int) -> list[tuple[str, str, str]]:
        """Return kind, author and body of what the bot has written, oldest first."""
        return [
            (found[1], author, body)
            for author, body in self.person("marie").comments(number)
            if author.endswith("[bot]") and (found := _KIND.match(body))
        ]

    def _runs(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = requests.get(
            f"{self.world.github.url}/sandbox/runs", timeout=10
        ).json()
        return found

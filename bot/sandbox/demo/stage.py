"""What every chapter of the story works with."""

import os
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

import requests

from bot.core.config.platform import Platform
from bot.errors import BotError
from bot.sandbox.demo.inspection import Inspector
from bot.sandbox.demo.narration import Narrator
from bot.sandbox.demo.people import Person
from bot.sandbox.world import World, terminal_environment

ENVIRONMENT = "custom-tf-env"
SUMMARY = "kind=summary"
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
    _told: dict[int, dict[int, str]] = field(default_factory=dict)

    def person(self, login: str) -> Person:
        """Return one of the people."""
        if login not in self._people:
            self._people[login] = Person(self.world, login, self.home)
        return self._people[login]

    def settle(self) -> None:
        """Wait until every workflow run that was started has ended.

        Raises:
            BotError: they take too long, or one of them failed.
        """
        url = f"{self.world.github.url}/sandbox/idle?timeout={_PATIENCE_SECONDS}"
        if requests.get(url, timeout=_PATIENCE_SECONDS + 10).status_code != requests.codes.ok:
            raise BotError(f"The bot was not done after {_PATIENCE_SECONDS} s.")
        runs = requests.get(f"{self.world.github.url}/sandbox/runs", timeout=10).json()
        failed = [
            f"{run['id']}/{job['job']}"
            for run in runs
            for job in run["jobs"]
            if job["conclusion"] == "failure"
        ]
        if failed:
            raise BotError(f"Jobs failed: {', '.join(failed)}; see {self.world.state / 'runs'}.")

    def tell_new(self, number: int) -> None:
        """Show what the bot has written or rewritten in a pull request since the last look."""
        told = self._told.setdefault(number, {})
        for place, (author, body) in enumerate(self.person("marie").comments(number)):
            if author.endswith("[bot]") and told.get(place) != body:
                self.say.comment(author, body, told.get(place, ""))
                told[place] = body

    def tell_log(self, job: str) -> None:
        """Show what the newest run of a workflow job printed."""
        url = self.world.github.url
        runs = requests.get(f"{url}/sandbox/runs", timeout=10).json()
        newest = max(run["id"] for run in runs if any(one["job"] == job for one in run["jobs"]))
        log = requests.get(f"{url}/sandbox/runs/{newest}/{job}/log", timeout=10).text
        self.say.log(f"log of job {job}", log)

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
        comments = self.person("marie").comments(number)
        return next((body for _, body in comments if SUMMARY in body.split("\n", 1)[0]), "")

    def reply(self, number: int) -> str:
        """Return the newest reply of the bot to a command."""
        comments = self.person("marie").comments(number)
        replies = [body for _, body in comments if "kind=reply" in body.split("\n", 1)[0]]
        return replies[-1] if replies else ""

    def release_status(self, number: int) -> tuple[str, str]:
        """Return state and description of `envbot/release` on the head."""
        person = self.person("marie")
        return person.status(person.pull(number).head.sha, "envbot/release")

"""What every chapter of the story works with."""

from dataclasses import dataclass, field
from pathlib import Path

import requests

from bot.core.platform import Platform
from bot.errors import BotError
from bot.sandbox.demo.inspection import Inspector
from bot.sandbox.demo.narration import Narrator
from bot.sandbox.demo.people import Person
from bot.sandbox.world import World

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
                told[place] = body
                self.say.comment(author, body)

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

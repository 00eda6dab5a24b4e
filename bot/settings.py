"""Every environment variable that envbot reads, in one place, with its default."""

import math
import re
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path

from bot.errors import BotError

_LONGEST_LEASE = 21_600  # seconds; other runs would think a longer one forged
_WEBHOOK = r"https://[^/]|http://(127\.0\.0\.1|localhost|\[::1\])(:[0-9]+)?(/|$)"


class Settings:
    """Where the outside is, and how patient to be with it. Times are seconds unless typed.

    The defaults suit GitHub and Azure; a sandbox differs in the environment alone. An empty
    variable counts as unset: that is how a workflow passes on what nobody configured.
    """

    def __init__(self, environment: Mapping[str, str]) -> None:
        self.environment = environment

    @property
    def repository_root(self) -> Path:
        """The local repository: the workspace of a run, else the current folder."""
        return Path(self.environment.get("GITHUB_WORKSPACE") or ".")

    @property
    def main_branch(self) -> str:
        """The branch that is the truth."""
        return self.environment.get("ENVBOT_MAIN_BRANCH") or "main"

    @property
    def github_api_url(self) -> str:
        """GitHub's REST API."""
        return self._address("GITHUB_API_URL", "https://api.github.com")

    @property
    def github_server_url(self) -> str:
        """GitHub's pages and git; ends in a slash."""
        return self._address("GITHUB_SERVER_URL", "https://github.com") + "/"

    @property
    def github_repository(self) -> str:
        """`owner/name`."""
        return self._required("GITHUB_REPOSITORY")

    @property
    def github_token(self) -> str:
        """The token for the REST API."""
        return self._required("GITHUB_TOKEN")

    @property
    def push_token(self) -> str | None:
        """The token for git: one of a GitHub App lets other workflows see the bot's commits."""
        return self.environment.get("ENVBOT_PUSH_TOKEN") or self.environment.get("GITHUB_TOKEN")

    @property
    def bot_login(self) -> str:
        """The login that the token writes with; comments by others are never taken for ours."""
        return self.environment.get("ENVBOT_LOGIN") or "github-actions[bot]"

    @property
    def teams_token(self) -> str | None:
        """The token that may read the members of teams; None: the policy names people alone."""
        return self.environment.get("ENVBOT_TEAMS_TOKEN") or None

    @property
    def webhook_url(self) -> str | None:
        """Where to send that a gate waits for people; None for nowhere.

        Raises:
            BotError: it is not encrypted and leads elsewhere than to this machine.
        """
        url = self.environment.get("ENVBOT_WEBHOOK_URL") or None
        if url and not re.match(_WEBHOOK, url):
            # The address itself is often the secret.
            raise BotError("ENVBOT_WEBHOOK_URL does not begin with https://.")
        return url

    @property
    def github_pause(self) -> float:
        """Seconds between two requests."""
        return self._number("ENVBOT_GITHUB_PAUSE", 0.25)

    @property
    def github_write_pause(self) -> float:
        """Seconds between two writes; GitHub asks for one."""
        return self._number("ENVBOT_GITHUB_WRITE_PAUSE", 1.0)

    @property
    def github_timeout(self) -> int:
        """Whole seconds to wait for one answer of GitHub."""
        return math.ceil(self._number("ENVBOT_GITHUB_TIMEOUT", 20.0))

    @property
    def azure_timeout(self) -> float:
        """Seconds to wait for one answer of Azure."""
        return self._number("ENVBOT_AZURE_TIMEOUT", 60.0)

    @property
    def backoff(self) -> float:
        """Seconds on which the pauses between repetitions of a failed request are built."""
        return self._number("ENVBOT_BACKOFF_SECONDS", 1.0)

    @property
    def rate_limit_pause(self) -> float:
        """Seconds to wait after a rate limit of GitHub that does not say how long it lasts."""
        return self._number("ENVBOT_RATE_LIMIT_SECONDS", 60.0)

    @property
    def operation_deadline(self) -> float:
        """Longest seconds that one long-running operation of Azure may take."""
        return self._number("ENVBOT_OPERATION_SECONDS", 1800.0)

    @property
    def read_back_deadline(self) -> float:
        """Longest seconds until a write to Azure must show in what is read."""
        return self._number("ENVBOT_READ_BACK_SECONDS", 120.0)

    @property
    def poll(self) -> float:
        """Seconds between two looks at a running job."""
        return self._number("ENVBOT_POLL_SECONDS", 30.0)

    @property
    def comment_pause(self) -> float:
        """Least seconds between two edits of one comment while something runs."""
        return self._number("ENVBOT_COMMENT_SECONDS", 20.0)

    @property
    def lease(self) -> timedelta:
        """How long an apply may hold production before another run may take over."""
        seconds = self._number("ENVBOT_LEASE_SECONDS", 3600.0)
        if seconds > _LONGEST_LEASE:
            raise BotError(f"ENVBOT_LEASE_SECONDS is more than {_LONGEST_LEASE}, six hours.")
        return timedelta(seconds=seconds)

    @property
    def image_deadline(self) -> float:
        """Longest seconds that one run waits for images to be built."""
        return self._number("ENVBOT_IMAGE_SECONDS", 5400.0)

    @property
    def image_mirror(self) -> str:
        """The registry that is asked in place of those that images name; empty for none."""
        name = "ENVBOT_IMAGE_MIRROR"
        return self._address(name, "") if self.environment.get(name) else ""

    @property
    def reports(self) -> str:
        """What the job before this one has to tell."""
        return self.environment.get("ENVBOT_REPORTS", "")

    @property
    def commands(self) -> tuple[tuple[int, int], ...]:
        """The commands that the job before this one took up: number and comment, `7/11 8/12`."""
        found = re.findall(
            r"(?<!\S)([0-9]+)/([0-9]+)(?!\S)", self.environment.get("ENVBOT_COMMANDS", "")
        )
        return tuple((int(number), int(comment)) for number, comment in found)

    @property
    def answer(self) -> timedelta:
        """How long a command waits for its own event before the schedule answers it."""
        return timedelta(seconds=self._number("ENVBOT_ANSWER_SECONDS", 900.0))

    @property
    def job(self) -> str:
        """The id of the workflow job."""
        return self.environment.get("GITHUB_JOB", "")

    def _required(self, name: str) -> str:
        value = self.environment.get(name)
        if not value:
            raise BotError(f"The environment variable {name} is not set.")
        return value

    def _address(self, name: str, default: str) -> str:
        """Return an address of the web without a slash at its end."""
        address = self.environment.get(name) or default
        if not address.startswith(("https://", "http://")):
            raise BotError(f"{name} is `{address}`, which is no address of the web.")
        return address.rstrip("/")

    def _number(self, name: str, default: float) -> float:
        text = self.environment.get(name)
        try:
            number = float(text) if text else default
        except ValueError as error:
            raise BotError(f"{name} is `{text}`, which is no number.") from error
        if not 0 <= number < math.inf:
            raise BotError(f"{name} is `{text}`, which is no number of seconds.")
        return number

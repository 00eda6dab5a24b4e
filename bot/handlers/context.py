"""What every handler is given: the ports, the rules of the base branch, and how patient to be."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from bot.core.config.platform import Platform, read_platform
from bot.core.config.policy import Policy, read_policy
from bot.core.problem import Problem
from bot.core.resolved_image import BaseImage
from bot.errors import BotError, InvalidFileError
from bot.handlers.ports import Clock, Cloud, Hosting, Images, Reporter, Repository, Teams
from bot.handlers.teams import with_people

PLATFORM = "config/platform.yml"
POLICY = "config/policy.yml"


@dataclass(frozen=True, slots=True)
class Rules:
    """Platform and policy of one commit of main, never of a pull request (D13)."""

    main: str
    platform: Platform
    policy: Policy


@dataclass(frozen=True, slots=True)
class Patience:
    """How long to wait between two looks, and how long to hold production; seconds.

    Attributes:
        answer: how long a command waits for its own event before the schedule answers it.
    """

    poll: float = 30.0
    comment: float = 20.0
    image: float = 5400.0
    lease: timedelta = timedelta(hours=1)
    answer: timedelta = timedelta(minutes=15)


Keep = Callable[[str, bytes], None]
"""Keeps one file of a run for people: its name and content."""


class NoRegistry:
    """Stands where nobody can be asked what an image is."""

    def resolve(self, reference: str) -> BaseImage:
        """Return that nobody was asked."""
        del reference
        return BaseImage("", "no registry was asked")

    def exists(self, reference: str) -> bool | None:
        """Return that nobody was asked."""
        del reference
        return None


def _forget(_name: str, _data: bytes) -> None:
    """Keep nothing: there is no run whose artifacts anybody could open."""


Notify = Callable[[Mapping[str, object]], None]
"""Sends one message in JSON; whether it arrives changes nothing."""


def _goes_on(_owner: str) -> bool:
    """Take no process for ended that nobody can look at."""
    return False


def tell_nobody(_message: Mapping[str, object]) -> None:
    """Send nothing: nobody has asked for it."""


@dataclass(frozen=True, slots=True)
class Context:
    """One run of the bot.

    Attributes:
        run_url: the page of this run; empty outside of Actions.
        process: names this process among all that may write, where there is no run.
        process_is_over: tells whether the process of such a name has ended; an unknown one has not.
        documents: the address that this repository's `docs/` lies below, with a slash at its end.
        images: tells what a reference to an image means now.
        reports: what the candidate job before this one has to tell, as `core.image_report` has it.
        commands: what the schedule has taken up and this job goes on with, each the number of its
            pull request and the id of its comment.
        connect: makes the one connection to Azure, when it is first needed; None in the jobs that
            hold no Azure identity. Whoever gave a command must be told when it cannot be made.
        teams: who is in a team; None where no token may ask.
        notify: tells another service that a gate waits for people.
    """

    repository: Repository
    hosting: Hosting
    clock: Clock
    reporter: Reporter
    rules: Rules
    patience: Patience = Patience()
    run_url: str = ""
    process: str = "a process"
    process_is_over: Callable[[str], bool] = _goes_on
    documents: str = ""
    main_branch: str = "main"
    keep: Keep = _forget
    images: Images = field(default_factory=NoRegistry)
    reports: str = ""
    commands: tuple[tuple[int, int], ...] = ()
    connect: Callable[[], Cloud] | None = None
    teams: Teams | None = None
    notify: Notify = tell_nobody

    @property
    def cloud(self) -> Cloud | None:
        """Return Azure; None in a run without an Azure identity.

        Raises:
            BotError: Azure cannot be reached.
        """
        return self.connect() if self.connect else None

    def need_cloud(self) -> Cloud:
        """Return Azure.

        Raises:
            BotError: this run holds no Azure identity, or Azure cannot be reached.
        """
        if self.connect is None:
            raise BotError("This run holds no Azure identity.", undone="what needed Azure")
        return self.connect()


def read_rules(repository: Repository, main: str, teams: Teams | None = None) -> Rules:
    """Return the rules that `main` holds, with the people of each team in place of the team.

    A team whose people cannot be read stays as it is, and keeps the gates that ask it closed.

    Raises:
        InvalidFileError: one of the two files is missing or wrong.
    """
    tree = repository.read(main, PLATFORM, POLICY)
    missing = [
        Problem(path, 0, 0, "does not exist on the base branch", "Restore it.")
        for path in (PLATFORM, POLICY)
        if path not in tree
    ]
    if missing:
        raise InvalidFileError(missing)
    policy = read_policy(tree[POLICY].data, teams=teams is not None)
    return Rules(main, read_platform(tree[PLATFORM].data), with_people(policy, teams))

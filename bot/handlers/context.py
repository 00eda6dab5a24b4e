"""What every handler is given: the ports, the rules of the base branch, and how patient to be."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from bot.core.config.platform import Platform, read_platform
from bot.core.config.policy import Policy, read_policy
from bot.core.problem import Problem
from bot.errors import BotError, InvalidFileError
from bot.handlers.ports import Clock, Cloud, Hosting, Reporter, Repository

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
    """How long to wait between two looks, and how long to hold production; seconds."""

    poll: float = 30.0
    comment: float = 20.0
    lease: timedelta = timedelta(hours=1)


Keep = Callable[[str, bytes], None]
"""Keeps one file of a run for people: its name and content."""


def _forget(_name: str, _data: bytes) -> None:
    """Keep nothing: there is no run whose artifacts anybody could open."""


@dataclass(frozen=True, slots=True)
class Context:
    """One run of the bot.

    Attributes:
        run_url: the page of this run; empty outside of Actions.
        documents: the address that this repository's `docs/` lies below, with a slash at its end.
        connect: makes the one connection to Azure, when it is first needed; None in the jobs that
            hold no Azure identity. Whoever gave a command must be told when it cannot be made.
    """

    repository: Repository
    hosting: Hosting
    clock: Clock
    reporter: Reporter
    rules: Rules
    patience: Patience = Patience()
    run_url: str = ""
    documents: str = ""
    main_branch: str = "main"
    keep: Keep = _forget
    connect: Callable[[], Cloud] | None = None

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


def read_rules(repository: Repository, main: str) -> Rules:
    """Return the rules that `main` holds.

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
    return Rules(main, read_platform(tree[PLATFORM].data), read_policy(tree[POLICY].data))

"""The sandbox's centre: its state, its repositories, and where events go."""

import json
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from bot.sandbox.github.accounts import Caller
from bot.sandbox.github.git import BareRepository
from bot.sandbox.github.refused import not_found
from bot.sandbox.github.store import Row, Store, loads, now

DEFAULT_SETTINGS: Mapping[str, object] = {
    "required_statuses": ["envbot/release"],
    "bypass_actors": [],
    # GitHub's own default is off: "Allow GitHub Actions to create and approve pull requests".
    "actions_open_pulls": True,
}


@dataclass(frozen=True, slots=True)
class Repository:
    """One repository: its row, and its bare git repository.

    Attributes:
        required_statuses: contexts that must be success on the head before a merge.
        bypass_actors: logins that may push to the default branch and merge without them.
    """

    id: int
    owner: str
    name: str
    default_branch: str
    required_statuses: tuple[str, ...]
    bypass_actors: tuple[str, ...]
    actions_open_pulls: bool
    created_at: str
    git: BareRepository

    @property
    def full_name(self) -> str:
        """Return `owner/name`."""
        return f"{self.owner}/{self.name}"

    @property
    def default_ref(self) -> str:
        """Return the full name of the default branch's ref."""
        return f"refs/heads/{self.default_branch}"


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened and may start workflows.

    Attributes:
        name: GitHub's event name, such as `pull_request`.
        action: the activity type, or empty where the event has none.
        subject: what the payload is made from; its keys depend on the event.
        ref: the ref that a started run is for.
        sha: the commit that a started run is for.
    """

    name: str
    action: str
    repository: Repository
    caller: Caller
    ref: str
    sha: str
    subject: Mapping[str, object] = field(default_factory=dict)


def _ignore(event: Event) -> None:
    del event


class Hub:
    """State of one sandbox, below the folder `state`."""

    def __init__(self, state: Path) -> None:
        state.mkdir(parents=True, exist_ok=True)
        self.state = state
        self.url = ""
        self.store = Store(state / "github.db")
        self.emit: Callable[[Event], None] = _ignore
        self._pushes: dict[int, threading.RLock] = {}

    def repository(self, owner: str, name: str) -> Repository:
        """Return a repository by its name.

        Raises:
            RefusedError: 404, there is none.
        """
        found = self.store.row(
            "SELECT * FROM repositories WHERE owner = ? AND name = ?", owner, name
        )
        if found is None:
            raise not_found()
        return self._repository(found)

    def repository_by_id(self, number: int) -> Repository:
        """Return a repository by its id.

        Raises:
            RefusedError: 404, there is none.
        """
        found = self.store.row("SELECT * FROM repositories WHERE id = ?", number)
        if found is None:
            raise not_found()
        return self._repository(found)

    def repositories(self) -> list[Repository]:
        """Return every repository, by name."""
        found = self.store.rows("SELECT * FROM repositories ORDER BY owner, name")
        return [self._repository(row) for row in found]

    def add_repository(self, owner: str, name: str, default_branch: str = "main") -> Repository:
        """Make an empty repository; its bare git repository is made by the caller."""
        self.store.insert(
            "repositories",
            owner=owner,
            name=name,
            default_branch=default_branch,
            settings=json.dumps(DEFAULT_SETTINGS),
            created_at=now(),
        )
        return self.repository(owner, name)

    def change_settings(self, repository: Repository, settings: Mapping[str, object]) -> None:
        """Set some of a repository's settings, by the names in `DEFAULT_SETTINGS`."""
        row = self.store.row("SELECT settings FROM repositories WHERE id = ?", repository.id)
        merged = {**(loads(row["settings"]) if row else {}), **settings}
        self.store.change(
            "UPDATE repositories SET settings = ? WHERE id = ?", json.dumps(merged), repository.id
        )

    def writing(self, repository: Repository) -> threading.RLock:
        """Return the lock that whoever moves refs of `repository` holds."""
        return self._pushes.setdefault(repository.id, threading.RLock())

    def next_number(self, repository: Repository) -> int:
        """Take the next number of an issue or pull request."""
        with self.store.transaction():
            row = self.store.row("SELECT next_number FROM repositories WHERE id = ?", repository.id)
            self.store.change(
                "UPDATE repositories SET next_number = next_number + 1 WHERE id = ?", repository.id
            )
        return int(row["next_number"]) if row else 1

    def _repository(self, row: Row) -> Repository:
        settings = {**DEFAULT_SETTINGS, **loads(row["settings"])}
        return Repository(
            id=row["id"],
            owner=row["owner"],
            name=row["name"],
            default_branch=row["default_branch"],
            required_statuses=tuple(settings["required_statuses"]),
            bypass_actors=tuple(settings["bypass_actors"]),
            actions_open_pulls=bool(settings["actions_open_pulls"]),
            created_at=row["created_at"],
            git=BareRepository(self.state / "git" / row["owner"] / f"{row['name']}.git"),
        )

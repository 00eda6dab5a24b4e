"""People, bots and what each of their tokens may do."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from bot.sandbox.github.store import Row, Store, loads, now

ACTIONS_BOT = "github-actions[bot]"
MERGE_BUTTON = "web-flow"
MEMBERS_BOT = "envbot-members[bot]"
MEMBERS_TOKEN = "ghs_sandbox_members"  # noqa: S105 - the sandbox keeps no secrets
LEVELS = ("none", "read", "triage", "write", "maintain", "admin")


@dataclass(frozen=True, slots=True)
class Caller:
    """Who sent a request: a person, or one job of a workflow run.

    Attributes:
        login: the account's name.
        grants: a job's permissions by scope (`contents`, `pull-requests`, …), or None for a person.
        repository: the id of the only repository that a job's token is good for.
    """

    login: str
    grants: Mapping[str, str] | None = None
    repository: int | None = None

    @property
    def is_job(self) -> bool:
        """Tell whether a workflow job sent this: what it does starts no workflows."""
        return self.grants is not None

    def is_granted(self, scope: str, level: str) -> bool:
        """Tell whether a job's token carries `scope` at `level` (read or write)."""
        granted = {"metadata": "read", **(self.grants or {})}.get(scope, "none")
        return granted in ("write", level)


def token_of(login: str) -> str:
    """Return the fixed token of a seeded person: the sandbox keeps no secrets."""
    return f"ghp_sandbox_{login}"


def add_account(store: Store, login: str, kind: str = "User") -> None:
    """Make an account with its token, if it is not there yet."""
    if store.row("SELECT 1 FROM accounts WHERE login = ?", login):
        return
    store.insert("accounts", login=login, type=kind, created_at=now())
    if kind == "User":
        store.insert("tokens", token=token_of(login), login=login)


def add_team(store: Store, organisation: str, slug: str, members: Iterable[str]) -> None:
    """Make a team with exactly these people, and the token of an App that may list them."""
    if not store.row("SELECT 1 FROM tokens WHERE token = ?", MEMBERS_TOKEN):
        add_account(store, MEMBERS_BOT, "Bot")
        grants = '{"members": "read"}'
        store.insert("tokens", token=MEMBERS_TOKEN, login=MEMBERS_BOT, permissions=grants)
    found = store.row(
        "SELECT id FROM teams WHERE organisation = ? AND slug = ?", organisation, slug
    )
    team = found["id"] if found else store.insert("teams", organisation=organisation, slug=slug)
    store.change("DELETE FROM team_members WHERE team = ?", team)
    for login in members:
        add_account(store, login)
        store.insert("team_members", team=team, login=login)


def find_account(store: Store, login: str) -> Row | None:
    """Return the account named `login`, whatever its case, or None."""
    return store.row("SELECT * FROM accounts WHERE login = ?", login)


def identify(store: Store, token: str) -> Caller | None:
    """Return whose token this is, or None for one that is unknown or has been taken back."""
    found = store.row("SELECT * FROM tokens WHERE token = ?", token)
    if found is None:
        return None
    grants = None if found["permissions"] is None else loads(found["permissions"])
    return Caller(found["login"], grants, found["repository"])


def permission_of(store: Store, repository: int, login: str) -> str:
    """Return the level of `login` in a repository, one of `LEVELS`."""
    found = store.row(
        "SELECT permission FROM collaborators WHERE repository = ? AND login = ?",
        repository,
        login,
    )
    return str(found["permission"]) if found else "none"


def has_level(store: Store, repository: int, login: str, level: str) -> bool:
    """Tell whether `login` holds at least `level` in a repository."""
    held = permission_of(store, repository, login)
    return LEVELS.index(held) >= LEVELS.index(level)

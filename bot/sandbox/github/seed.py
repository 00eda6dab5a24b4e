"""Puts a repository, its people and its first commit into a sandbox's state."""

from collections.abc import Mapping
from pathlib import Path

from bot.sandbox.github.accounts import ACTIONS_BOT, LEVELS, MERGE_BUTTON, add_account
from bot.sandbox.github.git import BareRepository
from bot.sandbox.github.git_http import UPDATE_HOOK
from bot.sandbox.github.hub import Hub, Repository

PEOPLE: Mapping[str, str] = {
    "ada": "write",
    "marie": "write",
    "lise": "write",
    "grace": "write",
    "mallory": "read",
}
FIRST_COMMIT_AT = "Mon, 05 Jan 2026 08:00:00 +0000"
_CONFIG = {
    "http.receivepack": "true",
    "uploadpack.allowAnySHA1InWant": "true",
    "uploadpack.allowReachableSHA1InWant": "true",
    "core.logAllRefUpdates": "true",
    "gc.auto": "0",
    "receive.autogc": "false",
}


def seed_repository(
    state: Path,
    owner: str,
    name: str,
    files: Mapping[str, tuple[str, bytes]],
    people: Mapping[str, str] = PEOPLE,
) -> str:
    """Make the repository `owner/name` with one commit on `main` that holds `files`.

    Args:
        state: the sandbox's folder; made when missing.
        owner: the account that owns the repository.
        name: the repository's name.
        files: git mode and content of each file by its path.
        people: the repository permission of each collaborator, one of `LEVELS`.

    Returns:
        The id of the commit, which depends on `files` alone.

    Raises:
        ValueError: a permission that GitHub does not have.
    """
    hub = Hub(state)
    try:
        add_account(hub.store, ACTIONS_BOT, "Bot")
        add_account(hub.store, MERGE_BUTTON)
        add_account(hub.store, owner, "Organization")
        repository = hub.add_repository(owner, name)
        for login, permission in people.items():
            add_collaborator(hub, repository, login, permission)
        return _write_repository(repository.git, files)
    finally:
        hub.store.close()


def add_collaborator(hub: Hub, repository: Repository, login: str, permission: str) -> None:
    """Make `login` an account, if it is none, with `permission` in `repository`.

    Raises:
        ValueError: GitHub has no such permission.
    """
    if permission not in LEVELS:
        message = f"{permission!r} is none of {', '.join(LEVELS)}"
        raise ValueError(message)
    add_account(hub.store, login)
    hub.store.change(
        "DELETE FROM collaborators WHERE repository = ? AND login = ?", repository.id, login
    )
    hub.store.insert("collaborators", repository=repository.id, login=login, permission=permission)


def _write_repository(git: BareRepository, files: Mapping[str, tuple[str, bytes]]) -> str:
    git.path.mkdir(parents=True)
    git.run("init", "--quiet", "--bare", "--initial-branch=main")
    for key, value in _CONFIG.items():
        git.run("config", key, value)
    hook = git.path / "hooks" / "update"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text(UPDATE_HOOK)
    hook.chmod(0o755)
    git.run("fast-import", "--quiet", "--date-format=rfc2822", data=_import_stream(files))
    return git.text("rev-parse", "refs/heads/main")


def _import_stream(files: Mapping[str, tuple[str, bytes]]) -> bytes:
    who = b"ada <ada@users.noreply.github.com> "
    message = b"Add the repository's first content\n"
    parts = [
        b"feature done\ncommit refs/heads/main\n",
        b"author " + who + FIRST_COMMIT_AT.encode() + b"\n",
        b"committer " + who + FIRST_COMMIT_AT.encode() + b"\n",
        b"data %d\n" % len(message) + message,
    ]
    for path, (mode, data) in sorted(files.items()):
        quoted = '"' + path.replace("\\", "\\\\").replace('"', '\\"') + '"'
        parts.append(f"M {mode} inline {quoted}\n".encode())
        parts.append(b"data %d\n" % len(data) + data + b"\n")
    return b"".join([*parts, b"done\n"])

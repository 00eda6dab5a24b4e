"""The merge button."""

from dataclasses import dataclass

from bot.sandbox.github.accounts import Caller
from bot.sandbox.github.hub import Hub, Repository
from bot.sandbox.github.pulls import emit_pull, find_pull, merged_tree
from bot.sandbox.github.pushes import follow
from bot.sandbox.github.refused import RefusedError
from bot.sandbox.github.statuses import latest_statuses
from bot.sandbox.github.store import Row, now

METHODS = ("merge", "squash")


@dataclass(frozen=True, slots=True)
class MergeRequest:
    """How to merge: `sha`, when given, must be the head's."""

    method: str = "merge"
    sha: str | None = None
    title: str | None = None
    message: str | None = None


def why_not(hub: Hub, repository: Repository, caller: Caller, pull: Row) -> str:
    """Return the sentence that keeps `caller` from merging, or an empty text."""
    if pull["state"] != "open" or pull["draft"]:
        return "Pull Request is not mergeable"
    if caller.login not in repository.bypass_actors:
        waiting = _waiting(hub, repository, pull)
        if waiting:
            return f'Required status check "{waiting}" is expected.'
    if merged_tree(repository, pull) is None:
        return "Pull Request has merge conflicts"
    return ""


def _waiting(hub: Hub, repository: Repository, pull: Row) -> str:
    statuses = latest_statuses(hub, repository, pull["head_sha"])
    passed = {status["context"] for status in statuses if status["state"] == "success"}
    return next((name for name in repository.required_statuses if name not in passed), "")


def merge(
    hub: Hub, repository: Repository, caller: Caller, number: int, asked: MergeRequest
) -> str:
    """Merge a pull request: write the commit, close it, emit `push` and `closed`.

    Returns:
        The id of the commit on the base branch.

    Raises:
        RefusedError: 405, see `why_not`; 409, the head is not `asked.sha`.
    """
    with hub.writing(repository):
        pull = find_pull(hub, repository, number)
        if asked.sha and asked.sha != pull["head_sha"]:
            raise RefusedError(409, "Head branch was modified. Review and try the merge again.")
        if asked.method not in METHODS:
            raise RefusedError(405, f"{asked.method} merges are not allowed on this repository.")
        refusal = why_not(hub, repository, caller, pull)
        if refusal:
            raise RefusedError(405, refusal)
        before = repository.git.refs("refs/heads/")
        commit = _write(repository, caller, pull, asked)
        _record(hub, caller, pull, commit)
        emit_pull(hub, repository, caller, number, "closed")
        follow(hub, repository, caller, before, merging=True)
    return commit


def _write(repository: Repository, caller: Caller, pull: Row, asked: MergeRequest) -> str:
    ref = f"refs/heads/{pull['base_ref']}"
    base = repository.git.find(ref)
    tree = merged_tree(repository, pull)
    if base is None or tree is None:
        raise RefusedError(405, "Pull Request has merge conflicts")
    title, message = _message(repository, pull, asked)
    parents = (base, pull["head_sha"]) if asked.method == "merge" else (base,)
    who = f"{caller.login} <{caller.login}@users.noreply.github.com>"
    commit = repository.git.commit_tree(tree, parents, f"{title}\n\n{message}".rstrip(), who)
    repository.git.set_ref(ref, commit, before=base)
    return commit


def _message(repository: Repository, pull: Row, asked: MergeRequest) -> tuple[str, str]:
    if asked.method == "squash":
        title = f"{pull['title']} (#{pull['number']})"
        message = ""
    else:
        title = f"Merge pull request #{pull['number']} from {repository.owner}/{pull['head_ref']}"
        message = pull["title"]
    return asked.title or title, message if asked.message is None else asked.message


def _record(hub: Hub, caller: Caller, pull: Row, commit: str) -> None:
    moment = now()
    with hub.store.transaction():
        hub.store.change(
            "UPDATE issues SET state = 'closed', closed_at = ?, updated_at = ? WHERE id = ?",
            moment,
            moment,
            pull["issue"],
        )
        hub.store.change(
            "UPDATE pulls SET merged_at = ?, merge_commit_sha = ?, merged_by = ? WHERE issue = ?",
            moment,
            commit,
            caller.login,
            pull["issue"],
        )

"""Who moved which branch, and when: the log behind a repository's activity page."""

from bot.sandbox.github.accounts import Caller
from bot.sandbox.github.git import ZERO
from bot.sandbox.github.hub import Hub, Repository
from bot.sandbox.github.store import Row, now

KINDS = (
    "push",
    "force_push",
    "branch_creation",
    "branch_deletion",
    "pr_merge",
    "merge_queue_merge",
)


def record_activity(
    hub: Hub,
    repository: Repository,
    caller: Caller,
    moved: tuple[str, str, str],
    *,
    merging: bool = False,
) -> None:
    """Note that `caller` moved a branch; `moved` is its ref, its commit before and after.

    The actor is whose token it was, whatever the commits say of their authors.
    """
    ref, before, after = moved
    hub.store.insert(
        "activities",
        repository=repository.id,
        ref=ref,
        before_sha=before,
        after_sha=after,
        kind="pr_merge" if merging else _kind(repository, before, after),
        actor=caller.login,
        at=now(),
    )


def list_activities(hub: Hub, repository: Repository) -> list[Row]:
    """Return every activity of a repository, newest first."""
    return hub.store.rows(
        "SELECT * FROM activities WHERE repository = ? ORDER BY id DESC", repository.id
    )


def _kind(repository: Repository, before: str, after: str) -> str:
    if before == ZERO:
        return "branch_creation"
    if after == ZERO:
        return "branch_deletion"
    return "push" if repository.git.is_ancestor(before, after) else "force_push"

"""What may be pushed, and what follows when refs have moved."""

from collections.abc import Mapping

from bot.sandbox.github.accounts import Caller, has_level
from bot.sandbox.github.activity import record_activity
from bot.sandbox.github.git import ZERO
from bot.sandbox.github.hub import Event, Hub, Repository
from bot.sandbox.github.pulls import follow_base, follow_branch

_BRANCH = "refs/heads/"
_READ_ONLY = "refs/pull/"


def may_push(hub: Hub, repository: Repository, caller: Caller) -> bool:
    """Tell whether `caller` may move refs of `repository` at all."""
    if caller.is_job:
        return caller.repository == repository.id and caller.is_granted("contents", "write")
    return has_level(hub.store, repository.id, caller.login, "write")


def may_read(hub: Hub, repository: Repository, caller: Caller) -> bool:
    """Tell whether `caller` may fetch from `repository`."""
    if caller.is_job:
        return caller.repository == repository.id and caller.is_granted("contents", "read")
    return has_level(hub.store, repository.id, caller.login, "read")


def may_move(repository: Repository, caller: Caller, ref: str) -> bool:
    """Tell whether branch protection lets `caller` move `ref` without a pull request."""
    if ref.startswith(_READ_ONLY):
        return False
    return ref != repository.default_ref or caller.login in repository.bypass_actors


def follow(
    hub: Hub,
    repository: Repository,
    caller: Caller,
    before: Mapping[str, str],
    *,
    merging: bool = False,
) -> None:
    """Note who moved the branches since they were `before`, and emit what follows from each.

    `merging` tells the merge of a pull request from a push.
    """
    after = repository.git.refs(_BRANCH)
    for ref in sorted(before.keys() | after.keys()):
        was, is_now = before.get(ref, ZERO), after.get(ref, ZERO)
        if ref.startswith(_BRANCH) and was != is_now:
            moved = (ref, was, is_now)
            record_activity(hub, repository, caller, moved, merging=merging)
            _follow_one(hub, repository, caller, moved)


def _follow_one(
    hub: Hub, repository: Repository, caller: Caller, moved: tuple[str, str, str]
) -> None:
    ref, before, after = moved
    subject = {"ref": ref, "before": before, "after": after}
    if after != ZERO:
        hub.emit(Event("push", "", repository, caller, ref, after, subject))
    branch = ref.removeprefix(_BRANCH)
    if before != ZERO:
        follow_branch(hub, repository, caller, (branch, before, after))
    follow_base(hub, repository, branch)

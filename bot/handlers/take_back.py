"""Opens the pull request that takes a merge back: one commit on a branch of its own.

It can be killed anywhere and repeated: the branch is named after the merge and main, the commit is
made of the comment's time, and an open pull request is found again.
"""

from dataclasses import dataclass

from bot.core.pull_request import Comment, PullRequest
from bot.core.render.rollback import commit_message, pull_body, pull_title
from bot.core.rollback_edit import Around, RollbackEdit, take_back
from bot.core.rollback_refusal import (
    branch_taken,
    environment_moved_on,
    nothing_to_take_back,
    push_refused,
)
from bot.errors import BotError, PushRefusedError, UserError
from bot.handlers.context import Context
from bot.handlers.models_before import models_before

_FOLDER = "environment"
_PLANTS = "config/plants"


@dataclass(frozen=True, slots=True)
class TakenBack:
    """The pull request that takes a merge back; `edit` is None where it was open before."""

    pull: PullRequest
    edit: RollbackEdit | None = None


@dataclass(frozen=True, slots=True)
class _Merge:
    """What one pull request made of main, and main now; ids of commits."""

    before: str
    after: str
    main: str


def open_rollback(context: Context, pull: PullRequest, comment: Comment, reason: str) -> TakenBack:
    """Return the open pull request that takes the merged `pull` back, opened now if there is none.

    Its commit is by whoever wrote `comment`, so that they cannot approve it.

    Raises:
        UserError: main does not hold it (`ROLLBACK_NOTHING`), later merges build on it
            (`ROLLBACK_CONFLICT`), or the branch cannot be made; nothing was changed.
        BotError: GitHub did not open it; the branch is there.
    """
    prefix = f"envbot/rollback-{pull.number}-"
    found = next((one for one in context.hosting.open_pulls() if _is_ours(one, prefix)), None)
    if found is not None:
        return TakenBack(found)
    merge = _merge_of(context, pull)
    tree_id = _environment_before(context, pull, merge)
    edit = _edit_of(context, merge, configs_alone=tree_id is None)
    if tree_id is None and not edit.files:
        raise UserError(nothing_to_take_back(pull.number, "It is as before that merge, or newer."))
    files: dict[str, bytes | str | None] = {**edit.files}
    files |= {_FOLDER: tree_id} if tree_id else {}
    commit = context.repository.commit(
        (merge.main,),
        files,
        commit_message(pull.number, edit, environment=tree_id is not None),
        at=comment.created_at,
        by=(comment.author, context.hosting.address(comment.author)),
    )
    branch = f"{prefix}{merge.main[:7]}"
    _push(context, branch, commit)
    title = pull_title(pull.number, reason or pull.title)
    body = pull_body(pull.number, comment.author, reason, edit)
    return TakenBack(_opened(context, branch, title, body), edit)


def _is_ours(pull: PullRequest, prefix: str) -> bool:
    return pull.head_branch.startswith(prefix) and not pull.from_fork


def _merge_of(context: Context, pull: PullRequest) -> _Merge:
    """Return what the merge made of main.

    Raises:
        UserError: main does not hold it.
    """
    repository, main = context.repository, context.rules.main
    after = pull.merge_commit
    if not after or not repository.fetch_if_there(after):
        raise UserError(nothing_to_take_back(pull.number, "Its merge is not in the repository."))
    parents = repository.parents(after)
    if not parents or repository.merge_base(after, main) != after:
        raise UserError(nothing_to_take_back(pull.number, "Its merge is not part of main."))
    before = parents[0]
    while len(parents) == 1 and _brought(context, pull, before):
        before = repository.parents(before)[0]
    return _Merge(before, after, main)


def _brought(context: Context, pull: PullRequest, commit: str) -> bool:
    """Tell whether merging `pull` by a rebase brought this commit, too."""
    repository = context.repository
    if repository.fetch_if_there(pull.head) and repository.merge_base(commit, pull.head) == commit:
        return False  # main had it before, and the branch was made from it
    return any(one.number == pull.number for one in context.hosting.pulls_with(commit))


def _environment_before(context: Context, pull: PullRequest, merge: _Merge) -> str | None:
    """Return git's id of the `environment/` that returns; None where nothing of it does.

    Raises:
        UserError: later merges build on what this one brought.
    """
    repository = context.repository
    before, after, now = (
        repository.tree_id(commit, _FOLDER) for commit in (merge.before, merge.after, merge.main)
    )
    if before in {after, now, ""}:
        return None
    if now == after:
        return before
    changed = repository.changed_paths(merge.after, merge.main)
    paths = [path for path in changed if path.startswith(f"{_FOLDER}/")]
    raise UserError(environment_moved_on(pull.number, paths, _later(context, merge)))


def _later(context: Context, merge: _Merge) -> list[str]:
    """Return what changed `environment/` since, newest first: pull requests, or commits."""
    named = []
    for entry in context.repository.history(merge.main, [_FOLDER]):
        if context.repository.merge_base(entry.commit, merge.after) == entry.commit:
            break
        found = [one.number for one in context.hosting.pulls_with(entry.commit) if one.merged_at]
        named.append(f"#{found[0]}" if found else entry.commit[:7])
    return named


def _edit_of(context: Context, merge: _Merge, *, configs_alone: bool) -> RollbackEdit:
    """Return what becomes of the circuits that the merge changed.

    To name a model that main never named is no rollback. A change of configs alone can pass the
    gates of a release; one that takes `environment/` back would be asked for a new version there.
    """
    repository = context.repository
    paths = repository.changed_paths(merge.before, merge.after)
    trees = (repository.read(at, _PLANTS) for at in (merge.before, merge.after, merge.main))
    around = Around(*trees)
    edit = take_back(paths, around)
    if not edit.kept or not configs_alone:
        return edit
    return take_back(paths, around, models_before(context, merge.after, edit.kept))


def _push(context: Context, branch: str, commit: str) -> None:
    """Make the branch; one that a run left behind, which was killed, serves as well."""
    repository, ref = context.repository, f"refs/heads/{branch}"
    try:
        if repository.write_ref(ref, commit, expected=None):
            return
    except PushRefusedError as error:
        raise UserError(push_refused(branch, error.what)) from error
    present = repository.read_ref(ref)
    alike = present and repository.parents(present) == repository.parents(commit)
    if not present or not alike or repository.changed_paths(present, commit):
        raise UserError(branch_taken(branch))


def _opened(context: Context, branch: str, title: str, body: str) -> PullRequest:
    try:
        return context.hosting.open_pull(branch, context.main_branch, title, body)
    except BotError as error:
        undone = "opening the pull request: comment again, or open one from that branch by hand"
        raise BotError(error.what, done=f"the branch {branch} is there", undone=undone) from error

"""Edits the environment's version and every circuit's config in one commit on a branch."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from bot.core.config.bump import make_bump
from bot.core.config.follow import follow
from bot.core.config.selector import Selector
from bot.core.config.version_edit import declare
from bot.core.environment_layout import SPEC_PATH
from bot.core.obstacles import conflict_for_people
from bot.core.pull_request import PullRequest
from bot.core.refusal import Refusal
from bot.core.render.markdown import plural
from bot.core.review import Review
from bot.core.tree import Tree
from bot.core.untrusted import inline
from bot.core.versioning import same_major
from bot.errors import PushRefusedError, UserError
from bot.handlers.context import Context

_NAMED = 20


@dataclass(frozen=True, slots=True)
class Edit:
    """What a bump does to a branch.

    Attributes:
        version: the version that is set.
        since: the version that moves; None moves every version of the MAJOR.
        files: the new content of each file that the bump changes.
        tree_id: where main must be merged in first, the tree of that merge; otherwise None.
        regenerated: files in which both sides had set versions, with the result.
    """

    version: str
    since: str | None
    files: Mapping[str, bytes]
    tree_id: str | None = None
    regenerated: Mapping[str, bytes] = field(default_factory=dict)

    def __bool__(self) -> bool:
        """Tell whether there is anything to commit."""
        return bool(self.files) or self.tree_id is not None

    @property
    def command(self) -> str:
        """Return what makes the same edit of the circuits in a clone."""
        return f"envbot bump --to {self.version}" + (f" --from {self.since}" if self.since else "")

    @property
    def circuits(self) -> int:
        """Return in how many circuits a version is set."""
        return len((self.files.keys() | self.regenerated.keys()) - {SPEC_PATH})


def edit_for(
    reviewed: Review, version: str, *, from_version: str | None, selector: Selector | None
) -> Edit:
    """Return what `/bump` does at the reviewed head.

    Without `from_version`, circuits at main's environment version move (the life of a change).
    Where the head's `environment.yml` has another version, it is given this one, with the two tags
    that say what was found. Main is merged in where otherwise the merge would conflict, bring
    another environment, or leave circuits behind that only main has.

    Raises:
        InvalidFileError: a file cannot be used; nothing is edited then.
        UserError: the version or the selector means nothing, or people must merge main first.
    """
    if not reviewed.can_join:
        raise UserError(conflict_for_people(reviewed, "whoever can push to the branch"))
    sources, before, after = reviewed.sources, reviewed.before, reviewed.after
    since = from_version or (before.version if before else None)
    if from_version is None and since is not None:
        bump = follow(
            sources.result, sources.main, to=version, from_version=since, selector=selector
        )
    else:
        bump = make_bump(sources.result, to=version, from_version=since, selector=selector)
    files = dict(bump.files)
    if after is not None and reviewed.environment_changes and after.version != version:
        files[SPEC_PATH] = declare(
            sources.result[SPEC_PATH],
            version=version,
            backward_compatible=_is_compatible(reviewed, version),
            requires_retrain=reviewed.verdict.requires_retrain,
        )
    return _edit(reviewed, Edit(version, since, files))


def _is_compatible(reviewed: Review, version: str) -> bool:
    """Tell what to declare: a MAJOR version says that models must change, whatever was found."""
    crosses = reviewed.before is not None and not same_major(reviewed.before.version, version)
    return reviewed.verdict.verdict != "breaking" and not crosses


def edit_due(reviewed: Review) -> Edit | None:
    """Return what the bot does to this head by itself; None where there is nothing to do."""
    before, bump = reviewed.before, reviewed.bump
    if before is None or bump is None or not reviewed.can_join:
        return None
    return _edit(reviewed, Edit(bump.to, before.version, bump.files)) or None


def push_bump(context: Context, pull: PullRequest, edit: Edit) -> str:
    """Return the commit that makes `edit` on top of the head that was reviewed, pushed.

    Raises:
        UserError: somebody pushed or closed meanwhile (`HEAD_MOVED`), or GitHub does not let us
            push (`PUSH_REFUSED`); what stands there stays, nothing was edited.
    """
    commit = _committed(context, pull, edit)
    now = context.hosting.pull(pull.number)
    if not now.open or now.head != pull.head or not _pushed(context, pull, commit, edit):
        raise UserError(_head_moved(pull))
    count = plural(edit.circuits, "circuit")
    context.reporter.step(f"Set {edit.version} in {count}: {commit[:7]} on {pull.head_branch}")
    return commit


def bumped_markdown(edit: Edit, commit: str) -> str:
    """Return the reply to a `/bump` that was carried out."""
    files = plural(len(edit.files.keys() | edit.regenerated.keys()), "file")
    merged = "Merged main, and set" if edit.tree_id else "Set"
    again = f"; {len(edit.regenerated)} of them conflicted and were made anew"
    return f"{merged} {edit.version} in {files}{again if edit.regenerated else ''}: {commit}\n"


def _committed(context: Context, pull: PullRequest, edit: Edit) -> str:
    message, at = _message(edit, pull), context.clock.now()
    if edit.tree_id is None:
        return context.repository.commit((pull.head,), edit.files, message, at=at)
    parents = (pull.head, context.rules.main)
    files: dict[str, bytes | str] = {"": edit.tree_id, **edit.regenerated, **edit.files}
    return context.repository.commit(parents, files, message, at=at)


def _pushed(context: Context, pull: PullRequest, commit: str, edit: Edit) -> bool:
    try:
        return context.repository.push(commit, pull.head_branch, onto=pull.head)
    except PushRefusedError as error:
        raise UserError(_push_refused(pull, edit, error)) from error


def _edit(reviewed: Review, alone: Edit) -> Edit:
    """Return the edit, with main merged in if it needs that."""
    joined, head = reviewed.sources.joined, reviewed.sources.head
    if joined is None:
        return alone
    from_main = (path for path in alone.files if _oid(head, path) != _oid(joined.tree, path))
    if reviewed.conflicts or reviewed.base_moved or any(from_main):
        return replace(alone, tree_id=joined.tree_id, regenerated=joined.settled)
    return alone


def _oid(tree: Tree, path: str) -> str:
    return tree[path].oid if path in tree else ""


def _message(edit: Edit, pull: PullRequest) -> str:
    what = f"environment_version {edit.version} in {plural(edit.circuits, 'circuit')}"
    if edit.tree_id is None:
        return (
            f"Set {what}\n\n"
            f"Made by envbot for pull request #{pull.number}; every other byte is as it was.\n"
        )
    lines = [
        f"Merge main, and set {what}\n",
        f"Made by envbot for pull request #{pull.number}; everything else is as git merges it.",
    ]
    if edit.regenerated:
        paths = sorted(edit.regenerated)
        lines += ["Both sides had set versions, which were made anew, in:\n"]
        lines += [f"- {path}" for path in paths[:_NAMED]]
        lines += [f"- and {len(paths) - _NAMED} more"] * (len(paths) > _NAMED)
    return "\n".join(lines) + "\n"


def _head_moved(pull: PullRequest) -> Refusal:
    return Refusal(
        code="HEAD_MOVED",
        headline="somebody pushed while the configs were edited",
        facts=(f"The edit was made on {pull.head[:7]}, which is no longer the head.",),
        resolver="nobody: the push starts a new review",
        next="Nothing to do; the review of the newer commit edits the configs.",
    )


def _push_refused(pull: PullRequest, edit: Edit, error: PushRefusedError) -> Refusal:
    return Refusal(
        code="PUSH_REFUSED",
        headline=f"GitHub does not let envbot push to {inline(pull.head_branch)}",
        facts=(inline(error.what),),
        resolver="whoever administers the repository's rules",
        next=(f"Let envbot push to this branch; or run `{edit.command}` in a clone and push."),
    )

"""Edits the environment's version and every circuit's config in one commit on a branch."""

from collections.abc import Mapping

from bot.core.config.bump import make_bump
from bot.core.config.selector import Selector
from bot.core.config.version_edit import declare
from bot.core.environment_layout import SPEC_PATH
from bot.core.pull_request import PullRequest
from bot.core.refusal import Refusal
from bot.core.render.markdown import plural
from bot.core.review import Review
from bot.errors import UserError
from bot.handlers.context import Context


def files_of_bump(
    reviewed: Review, version: str, *, from_version: str | None, selector: Selector | None
) -> Mapping[str, bytes]:
    """Return the new content of each file that `/bump` changes at the reviewed head.

    Without `from_version`, circuits at main's environment version move (the life of a change).
    Where the head's `environment.yml` has another version, it is given this one, with the two tags
    that say what was found.

    Raises:
        InvalidFileError: a file cannot be used; nothing is edited then.
        UserError: the version or the selector means nothing.
    """
    before, after = reviewed.before, reviewed.after
    start = from_version or (before.version if before else None)
    bump = make_bump(reviewed.sources.head, to=version, from_version=start, selector=selector)
    files = dict(bump.files)
    if after is not None and reviewed.environment_changes and after.version != version:
        files[SPEC_PATH] = declare(
            reviewed.sources.head[SPEC_PATH],
            version=version,
            backward_compatible=reviewed.verdict.verdict != "breaking",
            requires_retrain=reviewed.verdict.requires_retrain,
        )
    return files


def push_bump(context: Context, pull: PullRequest, files: Mapping[str, bytes], version: str) -> str:
    """Return the commit that holds `files` on top of the head that was reviewed, pushed.

    Raises:
        UserError: somebody pushed meanwhile (`HEAD_MOVED`); theirs stays, nothing was edited.
    """
    count = plural(len([path for path in files if path != SPEC_PATH]), "circuit")
    message = (
        f"Set environment_version {version} in {count}\n\n"
        f"Made by envbot for pull request #{pull.number}; every other byte is as it was.\n"
    )
    at = context.clock.now()
    commit = context.repository.commit((pull.head,), files, message, at=at)
    if not context.repository.push(commit, pull.head_branch):
        raise UserError(_head_moved(pull))
    context.reporter.step(f"Set {version} in {count}: {commit[:7]} on {pull.head_branch}")
    return commit


def _head_moved(pull: PullRequest) -> Refusal:
    return Refusal(
        code="HEAD_MOVED",
        headline="somebody pushed while the configs were edited",
        facts=(f"The edit was made on {pull.head[:7]}, which is no longer the head.",),
        resolver="nobody: the push starts a new review",
        next="Nothing to do; the review of the newer commit edits the configs.",
    )

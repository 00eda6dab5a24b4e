"""Edits every circuit's config in one commit on the branch of a pull request."""

from bot.core.bump import Bump
from bot.core.pull_request import PullRequest
from bot.core.refusal import Refusal
from bot.core.render.markdown import plural
from bot.errors import UserError
from bot.handlers.context import Context


def push_bump(context: Context, pull: PullRequest, bump: Bump, version: str) -> str:
    """Return the commit that holds `bump` on top of the head that was reviewed, pushed.

    Raises:
        UserError: somebody pushed meanwhile (`HEAD_MOVED`); theirs stays, nothing was edited.
    """
    count = plural(len(bump.files), "circuit")
    message = (
        f"Set environment_version {version} in {count}\n\n"
        f"Made by envbot for pull request #{pull.number}; every other byte is as it was.\n"
    )
    at = context.clock.now()
    commit = context.repository.commit((pull.head,), bump.files, message, at=at)
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

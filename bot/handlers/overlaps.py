"""Other open pull requests that go for the same environment version."""

from bot.core.environment import read_environment
from bot.core.pull_request import PullRequest
from bot.core.review import Review
from bot.errors import InvalidFileError
from bot.handlers.context import Context


def overlaps_of(context: Context, pull: PullRequest, reviewed: Review) -> tuple[int, ...]:
    """Return the numbers of older open pull requests with the same target version.

    The oldest goes first: of two with one target only the younger has an overlap.
    """
    if not reviewed.environment_changes or not pull.open:
        return ()
    older = [other for other in context.hosting.open_pulls() if other.number < pull.number]
    target = reviewed.content.version
    return tuple(
        other.number
        for other in older
        if not other.from_fork and _target(context, other.head) == target
    )


def _target(context: Context, commit: str) -> str:
    if not context.repository.fetch_if_there(commit):
        return ""
    try:
        return read_environment(context.repository.read(commit, "environment")).version
    except InvalidFileError:
        return ""

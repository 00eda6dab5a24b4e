"""An open pull request of somebody, for tests that ask for one and change what they are about."""

from datetime import UTC, datetime

from bot.core.pull_request import PullRequest

PULL = PullRequest(
    number=7,
    title="Say more",
    author="tom",
    head="h" * 40,
    head_branch="say-more",
    base="b" * 40,
    base_branch="main",
    draft=False,
    open=True,
    from_fork=False,
    created_at=datetime(2026, 3, 1, 12, tzinfo=UTC),
    merged_at=None,
    merge_commit=None,
)

"""PyGithub's objects as plain values; what GitHub leaves open gets one reading here."""

from datetime import UTC, datetime
from typing import Any

from github.IssueComment import IssueComment
from github.PullRequest import PullRequest as ApiPullRequest

from bot.core.gates.approval import Review
from bot.core.pull_request import Comment, CommitStatus, PullRequest, StatusState

_NOBODY = "ghost"  # GitHub's name for whoever deleted their account


def to_pull_request(pull: ApiPullRequest) -> PullRequest:
    """Return a pull request."""
    return PullRequest(
        number=pull.number,
        title=pull.title,
        author=login_of(pull.user),
        head=pull.head.sha,
        head_branch=pull.head.ref,
        base=pull.base.sha,
        base_branch=pull.base.ref,
        draft=bool(pull.draft),
        open=pull.state == "open",
        from_fork=is_from_fork(pull),
        created_at=_aware(pull.created_at),
        merged_at=_aware(pull.merged_at) if pull.merged_at else None,
        merge_commit=pull.merge_commit_sha if pull.merged_at else None,
    )


def is_from_fork(pull: ApiPullRequest) -> bool:
    """Return whether the head lies elsewhere; a repository that is gone counts as a fork."""
    source = pull.head.repo
    return source is None or source.full_name != pull.base.repo.full_name


def life_of(pull: ApiPullRequest) -> tuple[datetime, datetime | None]:
    """Return when a pull request was opened, and when it was closed or merged; None while open."""
    return _aware(pull.created_at), _aware(pull.closed_at) if pull.closed_at else None


def is_submitted(review: Any) -> bool:
    """Return whether a review was sent: GitHub shows its author the draft of one, too."""
    return review.user is not None and review.submitted_at is not None


def to_review(review: Any) -> Review:
    """Return a review that was sent."""
    return Review(
        login=review.user.login,
        state=review.state,
        commit=review.commit_id,
        submitted_at=_aware(review.submitted_at),
    )


def to_comment(comment: IssueComment) -> Comment:
    """Return a comment; an edit in the very second it was written in leaves no trace in REST."""
    return Comment(
        id=comment.id,
        author=login_of(comment.user),
        by_bot=comment.user is not None and comment.user.type == "Bot",
        body=comment.body,
        created_at=_aware(comment.created_at),
        edited=comment.updated_at != comment.created_at,
    )


def to_status(status: Any) -> CommitStatus:
    """Return a status."""
    return CommitStatus(
        context=status.context,
        state=StatusState(status.state),
        description=status.description or "",
        author=login_of(status.creator),
        created_at=_aware(status.created_at),
        url=status.target_url or "",
    )


def login_of(account: Any) -> str:
    """Return the login; of a deleted account, which GitHub may leave out, the one it shows."""
    return str(account.login) if account is not None else _NOBODY


def _aware(moment: datetime) -> datetime:
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)

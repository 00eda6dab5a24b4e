"""A pull request and what people and bots said on it, as plain values."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class StatusState(StrEnum):
    """The four states of a commit status, in GitHub's words."""

    SUCCESS = "success"
    PENDING = "pending"
    FAILURE = "failure"
    ERROR = "error"


@dataclass(frozen=True, slots=True)
class PullRequest:
    """One pull request as the API described it at one moment.

    Attributes:
        head: commit id of the head; read once and passed everywhere.
        base: commit id of the base branch when the API was asked.
        base_branch: name of the branch it wants to be merged into.
        head_branch: name of its own branch.
        merge_commit: the commit on main that holds it, once merged.
        from_fork: the head lies in another repository (or one that is gone).
    """

    number: int
    title: str
    author: str
    head: str
    head_branch: str
    base: str
    base_branch: str
    draft: bool
    open: bool
    from_fork: bool
    created_at: datetime
    merged_at: datetime | None
    merge_commit: str | None


@dataclass(frozen=True, slots=True)
class Comment:
    """One comment of a conversation; `edited` means its text is no longer what woke the bot."""

    id: int
    author: str
    by_bot: bool
    body: str
    created_at: datetime
    edited: bool


@dataclass(frozen=True, slots=True)
class ListedComment:
    """A comment on a pull request, as the list of the whole repository has it.

    Attributes:
        number: of the pull request.
        has_eyes: somebody, not only the bot, has put 👀 on it.
        node: what names the comment in the GraphQL API.
    """

    number: int
    comment: Comment
    has_eyes: bool
    node: str


@dataclass(frozen=True, slots=True)
class CommitStatus:
    """The newest status of one context on one commit."""

    context: str
    state: StatusState
    description: str
    author: str
    created_at: datetime
    url: str = ""

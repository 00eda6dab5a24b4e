"""The comments that the bot keeps on a pull request: one of each kind, edited in place."""

from github import GithubException
from github.Issue import Issue
from github.IssueComment import IssueComment

from bot.adapters.github.failures import is_missing
from bot.adapters.github.values import login_of
from bot.core.gates.approval import same_login


def upsert_comment(issue: Issue, login: str, marker: str, body: str) -> str:
    """Make the one comment of `login` that starts with `marker` read `body`; return its URL.

    Nothing is written when it reads so already. Two runs that both found none leave one: after
    creating, the oldest stays and the younger is deleted.
    """
    mine = _own(issue, login, marker)
    if not mine:
        created = issue.create_comment(body)
        mine = _own(issue, login, marker) or [created]
    for younger in mine[1:]:
        _delete(younger)
    _make_read(mine[0], body)
    return mine[0].html_url


def keep_only(issue: Issue, login: str, prefix: str, marker: str, body: str) -> bool:
    """Make the comment of `login` with `marker` the only one that starts with `prefix`.

    The others are deleted; without a marker all are. Returns whether the comment was written anew:
    editing one notifies nobody.
    """
    mine = _own(issue, login, prefix)
    kept = [one for one in mine if marker and one.body.startswith(marker)][:1]
    for other in mine:
        if other not in kept:
            _delete(other)
    for one in kept:
        _make_read(one, body)
    if kept or not marker:
        return False
    upsert_comment(issue, login, marker, body)
    return True


def _own(issue: Issue, login: str, marker: str) -> list[IssueComment]:
    """The marker alone is forgeable; the author is not."""
    mine = [
        comment
        for comment in issue.get_comments()
        if comment.body.startswith(marker) and same_login(login_of(comment.user), login)
    ]
    return sorted(mine, key=lambda comment: comment.id)


def _make_read(comment: IssueComment, body: str) -> None:
    if comment.body != body:
        comment.edit(body)


def _delete(comment: IssueComment) -> None:
    """Another run may have deleted it in the meantime."""
    try:
        comment.delete()
    except GithubException as error:
        if not is_missing(error):
            raise

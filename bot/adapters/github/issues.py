"""The one issue that the bot keeps for a purpose: found again, edited, closed, reopened."""

from collections.abc import Iterable, Iterator

from github.Issue import Issue
from github.Repository import Repository

from bot.adapters.github.values import login_of
from bot.core.gates.approval import same_login
from bot.core.kept_issue import KeptIssue

# What the bot's issues are listed by. GitHub can list by author too, but not every server finds
# what an App has written.
LABEL = "envbot"


def keep_issue(repository: Repository, login: str, kept: KeptIssue) -> None:
    """Make the issue of `login` with the marker of `kept` what it shall be.

    An issue that somebody closed is opened again while it is wanted. The oldest one counts, and
    younger ones are closed. Nothing is written where all is so already, nor where an issue that is
    not wanted was never made or is closed.
    """
    mine = sorted(_own(repository, login, kept.marker), key=lambda issue: issue.number)
    for younger in mine[1:]:
        if younger.state == "open":
            younger.edit(state="closed", state_reason="not_planned")
    if kept.wanted and not mine:
        repository.create_issue(kept.title, kept.body, labels=[LABEL])
    elif kept.wanted:
        _open(mine[0], kept)
    elif mine and mine[0].state == "open":
        mine[0].edit(kept.title, kept.body, state="closed", state_reason="completed")


def _open(issue: Issue, kept: KeptIssue) -> None:
    if issue.state != "open":
        issue.edit(kept.title, kept.body, state="open")
    elif (issue.title, issue.body) != (kept.title, kept.body):
        issue.edit(kept.title, kept.body)


def _own(repository: Repository, login: str, marker: str) -> list[Issue]:
    """Return the bot's issues with `marker`; one that lost its label is found while it is open."""
    labelled = repository.get_issues(state="all", labels=[LABEL])
    found = list(_with_marker(labelled, login, marker))
    return found or list(_with_marker(repository.get_issues(state="open"), login, marker))


def _with_marker(issues: Iterable[Issue], login: str, marker: str) -> Iterator[Issue]:
    """Yield the issues that count: the marker alone is forgeable, the author is not."""
    for issue in issues:
        is_ours = same_login(login_of(issue.user), login)
        if is_ours and (issue.body or "").startswith(marker):
            yield issue

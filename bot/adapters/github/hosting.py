"""What the handlers ask of GitHub, one REST operation or one list a method."""

import re
from collections.abc import Mapping
from datetime import datetime
from urllib.parse import quote, urlsplit

from github import GithubException
from github.AuthenticatedUser import AuthenticatedUser
from github.Issue import Issue
from github.IssueComment import IssueComment
from github.NamedUser import NamedUser
from github.PullRequest import PullRequest as ApiPullRequest
from github.Repository import Repository

from bot.adapters.github.activity import heads_at, moves_of
from bot.adapters.github.checks import publish_check
from bot.adapters.github.connection import connect
from bot.adapters.github.failures import github_call, is_missing
from bot.adapters.github.issues import keep_issue
from bot.adapters.github.listing import comments_since, was_ever_edited
from bot.adapters.github.opening import NewPull, open_pull
from bot.adapters.github.own_comments import keep_only, upsert_comment
from bot.adapters.github.people import movers_of, writers_of
from bot.adapters.github.settings import GitHubSettings
from bot.adapters.github.values import (
    is_submitted,
    login_of,
    to_comment,
    to_pull_request,
    to_review,
    to_status,
)
from bot.core.check_report import CheckReport
from bot.core.gates.approval import Review, same_login
from bot.core.kept_issue import KeptIssue
from bot.core.pull_request import (
    Comment,
    CommitStatus,
    ListedComment,
    PullRequest,
    StatusState,
)

_DESCRIPTION_LIMIT = 140  # characters; GitHub answers 422 to longer ones

_RUN_PAGE = re.compile(r"/actions/runs/([0-9]+)$")


class GitHubHosting:
    """One repository on GitHub, seen with one token."""

    def __init__(self, settings: GitHubSettings) -> None:
        self._settings = settings
        self._requester = connect(settings)
        self._repository = Repository(self._requester, url=f"/repos/{settings.repository}")

    def close(self) -> None:
        """Close the connections; the next call opens new ones."""
        self._requester.close()

    @property
    def login(self) -> str:
        """The login that this bot writes comments and statuses with."""
        return self._settings.login

    def whoami(self) -> str:
        """Return the login of the person whose token this is (not for tokens of Actions)."""
        with github_call("ask whose token this is"):
            return AuthenticatedUser(self._requester, url="/user").login

    def pull(self, number: int) -> PullRequest:
        """Return pull request `number` as it is now."""
        with github_call(f"read pull request #{number}"):
            return to_pull_request(self._pull(number))

    def is_merged(self, number: int) -> bool:
        """Tell whether there is a pull request of that number and it was merged."""
        with github_call(f"ask whether #{number} was merged"):
            try:
                return self._pull(number).merged
            except GithubException as error:
                if is_missing(error):
                    return False
                raise

    def open_pulls(self) -> tuple[PullRequest, ...]:
        """Return every open pull request, oldest first."""
        with github_call("list the open pull requests"):
            found = self._repository.get_pulls(state="open", sort="created", direction="asc")
            return tuple(to_pull_request(pull) for pull in found)

    def pulls_with(self, commit: str) -> tuple[PullRequest, ...]:
        """Return the pull requests, open or not, that GitHub associates with `commit`."""
        with github_call(f"list the pull requests of commit {commit[:7]}"):
            found = self._repository.get_commit(commit).get_pulls()
            return tuple(to_pull_request(pull) for pull in found)

    def open_pull(self, head: str, base: str, title: str, body: str) -> PullRequest:
        """Open a pull request from one branch into another; one that is open is returned."""
        owner = self._settings.repository.partition("/")[0]
        opened = open_pull(self._repository, owner, NewPull(head, base, title, body))
        with github_call(f"read the pull request from {head}"):
            return to_pull_request(opened)

    def address(self, login: str) -> str:
        """Return the mail address under which GitHub knows a commit to be by `login`."""
        with github_call(f"look up {login}"):
            number = NamedUser(self._requester, url=f"/users/{quote(login)}").id
        host = str(urlsplit(self._settings.api_url).hostname).removeprefix("api.")
        return f"{number}+{login}@users.noreply.{host}"

    def reviews(self, number: int) -> tuple[Review, ...]:
        """Return all reviews of a pull request, in the order in which they were given."""
        with github_call(f"list the reviews of #{number}"):
            found = self._pull(number).get_reviews()
            return tuple(to_review(review) for review in found if is_submitted(review))

    def run_is_over(self, page: str) -> bool:
        """Tell whether the workflow run with this page has ended; False for any other page.

        Raises:
            BotError: GitHub cannot be asked; a run that nobody can ask about may still write.
        """
        found = _RUN_PAGE.search(page)
        if found is None:
            return False
        with github_call(f"ask whether run {found[1]} has ended"):
            return self._repository.get_workflow_run(int(found[1])).status == "completed"

    def pushers(self, number: int) -> frozenset[str]:
        """Return the logins of all who have a part in the commits; no bots.

        These are who moved the head branch by GitHub's own record, and whom GitHub knows as
        author or committer: a commit names whom its maker likes, and a push may bring along
        what others wrote. A fork's moves are not on record here, only its commits.

        Raises:
            BotError: also when GitHub does not tell everything: nobody may be missing.
        """
        pull = self._pull(number)
        return movers_of(self._repository, pull, number) | writers_of(pull, number)

    def last_push(self, number: int) -> datetime | None:
        """Return when a person last moved the head branch (UTC); None when nobody is on record.

        Merges into the branch count as pushes. Of a fork's branch nothing is on record.

        Raises:
            BotError: also when GitHub does not show its record.
        """
        with github_call(f"ask when #{number} was last pushed to"):
            moves = moves_of(self._repository, self._pull(number))
            return next((move.timestamp for move in moves if move.is_persons), None)

    def heads_at(self, number: int, moment: datetime) -> tuple[str, ...]:
        """Return the heads that the pull request may have had at `moment`; none for a fork.

        They are several where somebody pushed in that very second.
        """
        with github_call(f"ask for the head of #{number} at {moment:%H:%M:%S}"):
            return heads_at(moves_of(self._repository, self._pull(number)), moment)

    def permission(self, login: str) -> str:
        """Return `admin`, `write`, `read` or `none`, asked of the collaborator endpoint.

        An outage raises; only GitHub's own 404 (no such collaborator) reads as `none`.
        """
        with github_call(f"ask for the permission of {login}"):
            try:
                return self._repository.get_collaborator_permission(login)
            except GithubException as error:
                if is_missing(error):
                    return "none"
                raise

    def comment(self, comment_id: int) -> Comment | None:
        """Return one comment as it is now; None once it was deleted."""
        with github_call(f"read comment {comment_id}"):
            try:
                return to_comment(self._issue_comment(comment_id))
            except GithubException as error:
                if is_missing(error):
                    return None
                raise

    def comments(self, number: int) -> tuple[Comment, ...]:
        """Return the comments of a pull request as they are now, oldest first."""
        with github_call(f"list the comments of #{number}"):
            return tuple(to_comment(comment) for comment in self._issue(number).get_comments())

    def comments_since(self, moment: datetime) -> tuple[ListedComment, ...]:
        """Return the comments on pull requests made or changed since `moment`, oldest first."""
        with github_call(f"list the comments since {moment:%Y-%m-%d %H:%M}"):
            return tuple(comments_since(self._repository, moment))

    def was_ever_edited(self, node: str) -> bool:
        """Tell whether a comment was edited, within the second of writing too, or deleted."""
        with github_call("ask whether a comment was edited"):
            return was_ever_edited(self._repository, node)

    def has_reacted(self, comment_id: int, reaction: str) -> bool:
        """Tell whether this bot has put `reaction` on a comment."""
        with github_call(f"list the reactions to comment {comment_id}"):
            return any(
                given.content == reaction and same_login(login_of(given.user), self.login)
                for given in self._issue_comment(comment_id).get_reactions()
            )

    def upsert_comment(self, number: int, marker: str, body: str) -> str:
        """Make the bot's one comment with `marker` read `body`; return its URL."""
        with github_call(f"write a comment on #{number}"):
            return upsert_comment(self._issue(number), self.login, marker, body)

    def keep_only(self, number: int, prefix: str, marker: str = "", body: str = "") -> bool:
        """Make the bot's comment with `marker` the only one of its kind; see `own_comments`."""
        with github_call(f"write a comment on #{number}"):
            return keep_only(self._issue(number), self.login, prefix, marker, body)

    def keep_issue(self, kept: KeptIssue) -> None:
        """Make the bot's one issue of its kind what it shall be; see `issues.keep_issue`."""
        with github_call("write an issue"):
            keep_issue(self._repository, self.login, kept)

    def react(self, comment_id: int, reaction: str) -> None:
        """Add a reaction (`eyes`, `rocket`, `confused`, `-1`); repeating it changes nothing."""
        with github_call(f"react to comment {comment_id}"):
            self._issue_comment(comment_id).create_reaction(reaction)

    def statuses(self, commit: str) -> Mapping[str, CommitStatus]:
        """Return the newest status of each context on `commit`."""
        newest: dict[str, CommitStatus] = {}
        with github_call(f"read the statuses of {commit[:7]}"):
            for status in self._repository.get_commit(commit).get_statuses():
                newest.setdefault(status.context, to_status(status))
        return newest

    def set_status(
        self, commit: str, context: str, state: StatusState, description: str, *, url: str = ""
    ) -> None:
        """Set a commit status; the description is cut to what GitHub accepts."""
        with github_call(f"set {context} on {commit[:7]}"):
            options = {"target_url": url} if url else {}
            self._repository.get_commit(commit).create_status(
                state=state.value,
                description=_cut(description),
                context=context,
                **options,
            )

    def publish_check(self, commit: str, name: str, report: CheckReport, *, url: str = "") -> None:
        """Make the newest check run `name` of `commit` say `report`; it informs only."""
        with github_call(f"annotate {commit[:7]}"):
            publish_check(self._repository, commit, name, report, url=url)

    def _pull(self, number: int) -> ApiPullRequest:
        return self._repository.get_pull(number)

    def _issue(self, number: int) -> Issue:
        return self._repository.get_issue(number)

    def _issue_comment(self, comment_id: int) -> IssueComment:
        # The number of the issue does not enter the URL that PyGithub asks for.
        return self._issue(1).get_comment(comment_id)


def _cut(text: str) -> str:
    return text if len(text) <= _DESCRIPTION_LIMIT else text[: _DESCRIPTION_LIMIT - 1] + "…"

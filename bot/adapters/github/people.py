"""Who has a part in the commits of a pull request."""

from github.PullRequest import PullRequest as ApiPullRequest
from github.Repository import Repository

from bot.adapters.github.activity import moves_of
from bot.adapters.github.failures import github_call
from bot.errors import BotError

_LISTED_COMMITS = 250  # GitHub lists no more of one pull request, however many pages are asked


def movers_of(repository: Repository, pull: ApiPullRequest, number: int) -> frozenset[str]:
    """Return the people who moved the head branch, by GitHub's own record.

    Once it is merged, those whom GitHub does not name any more are left out: their accounts are
    gone, and with them their approvals. Else whoever leaves GitHub would stop every apply.

    Raises:
        BotError: also when GitHub does not name one of those who moved an open one.
    """
    with github_call(f"list who pushed to #{number}"):
        moves = [move for move in moves_of(repository, pull) if move.is_persons]
    unnamed = next((move for move in moves if move.actor is None), None)
    if unnamed and pull.merged_at is None:
        raise BotError(
            f"GitHub does not name who pushed to #{number} at {unnamed.timestamp.isoformat()}: "
            "it may be whoever approves."
        )
    return frozenset(move.actor.login for move in moves if move.actor)


def writers_of(pull: ApiPullRequest, number: int) -> frozenset[str]:
    """Return the people whom GitHub knows as author or committer of the commits.

    Raises:
        BotError: also when there are more commits than GitHub lists.
    """
    with github_call(f"list the commits of #{number}"):
        commits = list(pull.get_commits())
        if len(commits) >= _LISTED_COMMITS and pull.commits > len(commits):
            raise BotError(
                f"GitHub lists {len(commits)} of the {pull.commits} commits of #{number}: "
                "who pushed the others cannot be known."
            )
    people = (person for commit in commits for person in (commit.author, commit.committer))
    return frozenset(person.login for person in people if person and person.type == "User")

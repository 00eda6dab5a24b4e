"""Who is in a team, asked with a token that may know: that of a workflow never may."""

from github import Auth, Github
from github.NamedUser import NamedUser
from github.PaginatedList import PaginatedList

from bot.adapters.github.failures import github_call
from bot.adapters.github.hosting import GitHubSettings
from bot.adapters.github.retry import BotRetry


class GitHubTeams:
    """The teams of organisations, seen with one token that has members:read."""

    def __init__(self, settings: GitHubSettings) -> None:
        self._github = Github(
            auth=Auth.Token(settings.token),
            base_url=settings.api_url,
            per_page=100,
            seconds_between_requests=settings.pause,
            retry=BotRetry(
                secondary_rate_wait=settings.secondary_rate_wait,
                max_rate_limit_wait=settings.longest_wait,
                backoff_factor=settings.backoff,
            ),
            timeout=settings.timeout,
        )

    def close(self) -> None:
        """Close the connections; the next call opens new ones."""
        self._github.close()

    def members(self, team: str) -> tuple[str, ...]:
        """Return the logins of everybody in `org/team` and in the teams below it, sorted.

        Raises:
            BotError: GitHub does not tell; it says 404 to a token that may not see the team.
        """
        organisation, _, slug = team.partition("/")
        with github_call(f"list the members of {team}"):
            # https://docs.github.com/rest/teams/members#list-team-members
            url = f"/orgs/{organisation}/teams/{slug}/members"
            found = PaginatedList(NamedUser, self._github.requester, url, None)
            return tuple(sorted(person.login for person in found))

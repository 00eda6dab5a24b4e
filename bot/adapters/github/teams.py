"""Who is in a team, asked with a token that may know: that of a workflow never may."""

from github.NamedUser import NamedUser
from github.PaginatedList import PaginatedList

from bot.adapters.github.connection import connect
from bot.adapters.github.failures import github_call
from bot.adapters.github.settings import GitHubSettings


class GitHubTeams:
    """The teams of organisations, seen with one token that has members:read."""

    def __init__(self, settings: GitHubSettings) -> None:
        self._requester = connect(settings)

    def close(self) -> None:
        """Close the connections; the next call opens new ones."""
        self._requester.close()

    def members(self, team: str) -> tuple[str, ...]:
        """Return the logins of everybody in `org/team` and in the teams below it, sorted.

        Raises:
            BotError: GitHub does not tell; it says 404 to a token that may not see the team.
        """
        organisation, _, slug = team.partition("/")
        with github_call(f"list the members of {team}"):
            # https://docs.github.com/rest/teams/members#list-team-members
            url = f"/orgs/{organisation}/teams/{slug}/members"
            found = PaginatedList(NamedUser, self._requester, url, None)
            return tuple(sorted(person.login for person in found))

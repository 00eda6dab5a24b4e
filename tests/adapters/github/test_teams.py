"""Who is in a team: told to a token that may know, refused to every other."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import TYPE_CHECKING

import pytest

from bot.adapters.github import GitHubSettings
from bot.adapters.github.teams import GitHubTeams
from bot.errors import BotError
from bot.sandbox.github.accounts import MEMBERS_TOKEN, add_team, token_of

if TYPE_CHECKING:
    from tests.adapters.github.conftest import Desk

PEOPLE = tuple(f"person-{number:03}" for number in range(130))


@pytest.fixture
def teams_with(desk: "Desk") -> Iterator[Callable[[str], GitHubTeams]]:
    """Return what asks the sandbox with a token; its teams are `crew` and `crowd`."""
    add_team(desk.hub.store, "plant", "crew", ("Ben", "ann"))
    add_team(desk.hub.store, "plant", "crowd", PEOPLE)
    with ExitStack() as ending:

        def make(token: str) -> GitHubTeams:
            settings = GitHubSettings(
                f"{desk.served.url}/api/v3", "plant/x", token, pause=0, backoff=0.001
            )
            made = GitHubTeams(settings)
            ending.callback(made.close)
            return made

        yield make


def test_names_everybody_in_a_team(teams_with: Callable[[str], GitHubTeams]) -> None:
    assert set(teams_with(MEMBERS_TOKEN).members("plant/crew")) == {"Ben", "ann"}


def test_reads_a_large_team_to_its_end(
    desk: "Desk", teams_with: Callable[[str], GitHubTeams]
) -> None:
    found: list[str] = []

    calls = desk.cost(lambda: found.extend(teams_with(MEMBERS_TOKEN).members("plant/crowd")))

    assert tuple(found) == PEOPLE
    assert calls == ["GET /orgs/plant/teams/crowd/members"] * 2


@pytest.mark.parametrize(
    ("token", "team", "status"),
    [
        pytest.param(token_of("ada"), "plant/crew", "403", id="a person's token"),
        pytest.param("ghs_unknown", "plant/crew", "401", id="no token of anybody"),
        pytest.param(MEMBERS_TOKEN, "plant/nobody", "404", id="no such team"),
        pytest.param(MEMBERS_TOKEN, "other/crew", "404", id="another organisation"),
    ],
)
def test_says_what_github_said_where_it_does_not_tell(
    teams_with: Callable[[str], GitHubTeams], token: str, team: str, status: str
) -> None:
    with pytest.raises(BotError, match=f"list the members of {team}: {status}"):
        teams_with(token).members(team)


def test_the_token_of_a_job_may_not_know(
    desk: "Desk", teams_with: Callable[[str], GitHubTeams]
) -> None:
    token = f"ghs_{desk.repository.name}"

    with pytest.raises(BotError, match="403 Resource not accessible by integration"):
        teams_with(token).members("plant/crew")

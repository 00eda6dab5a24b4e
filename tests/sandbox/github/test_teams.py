"""The members of a team, and the record of calls, as the sandbox gives them."""

from typing import TYPE_CHECKING, Any

import pytest
import requests

from bot.sandbox.github.accounts import MEMBERS_TOKEN, token_of

if TYPE_CHECKING:
    from tests.sandbox.github.conftest import Desk


def members(desk: "Desk", token: str, team: str = "plant/crew") -> requests.Response:
    organisation, _, slug = team.partition("/")
    url = f"{desk.url}/api/v3/orgs/{organisation}/teams/{slug}/members"
    return requests.get(url, headers={"Authorization": f"Bearer {token}"}, timeout=10)


@pytest.fixture
def crew(desk: "Desk") -> "Desk":
    """Return a desk whose organisation has a team of two."""
    team = {"organisation": "plant", "slug": "crew", "members": ["zoe", "ada"]}
    requests.post(f"{desk.url}/sandbox/teams", json=team, timeout=10).raise_for_status()
    return desk


def test_an_app_that_may_read_members_is_told(crew: "Desk") -> None:
    told: list[dict[str, Any]] = members(crew, MEMBERS_TOKEN).json()

    assert [person["login"] for person in told] == ["ada", "zoe"]


def test_a_team_that_is_made_again_has_its_new_people_alone(crew: "Desk") -> None:
    team = {"organisation": "plant", "slug": "crew", "members": ["ben"]}
    requests.post(f"{crew.url}/sandbox/teams", json=team, timeout=10).raise_for_status()

    assert [person["login"] for person in members(crew, MEMBERS_TOKEN).json()] == ["ben"]


def test_the_token_of_a_job_is_refused_whatever_else_it_may(crew: "Desk") -> None:
    answer = members(crew, crew.job_token(contents="write", issues="write"))

    assert (answer.status_code, answer.json()["message"]) == (
        403,
        "Resource not accessible by integration",
    )


def test_a_persons_token_is_refused(crew: "Desk") -> None:
    assert members(crew, token_of("ada")).status_code == 403


@pytest.mark.parametrize("team", ["plant/nobody", "elsewhere/crew"])
def test_a_team_that_there_is_not_is_not_found(crew: "Desk", team: str) -> None:
    assert members(crew, MEMBERS_TOKEN, team).status_code == 404


def test_that_app_may_do_nothing_else(crew: "Desk") -> None:
    headers = {"Authorization": f"Bearer {MEMBERS_TOKEN}"}
    url = f"{crew.url}/api/v3/repos/{crew.name}"

    assert requests.get(url, headers=headers, timeout=10).status_code == 404


def test_calls_are_on_record_with_who_made_them(crew: "Desk") -> None:
    url = f"{crew.url}/sandbox/calls"
    before = requests.get(url, timeout=10).json()[-1]["id"]
    members(crew, MEMBERS_TOKEN)
    members(crew, "ghs_nobodys")

    [call] = requests.get(url, params={"after": before}, timeout=10).json()

    assert (call["method"], call["path"], call["login"]) == (
        "GET",
        "/api/v3/orgs/plant/teams/crew/members",
        "envbot-members[bot]",
    )


def test_the_record_begins_after_a_number_alone(crew: "Desk") -> None:
    answer = requests.get(f"{crew.url}/sandbox/calls", params={"after": "x"}, timeout=10)

    assert answer.status_code == 400

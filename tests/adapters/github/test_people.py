"""Permissions, and whose token it is."""

from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from bot.adapters.github import GitHubHosting
from bot.errors import BotError
from bot.sandbox.github.seed import add_collaborator
from tests.adapters.github.scripted import Answer, Scripted

if TYPE_CHECKING:
    from tests.adapters.github.conftest import Desk


@pytest.mark.parametrize(
    ("granted", "answer"),
    [
        pytest.param("admin", "admin", id="admin"),
        pytest.param("maintain", "write", id="maintain reads as write"),
        pytest.param("write", "write", id="write"),
        pytest.param("triage", "read", id="triage reads as read"),
        pytest.param("read", "read", id="read"),
        pytest.param("none", "none", id="none"),
    ],
)
def test_a_permission_is_one_of_githubs_four_words(desk: "Desk", granted: str, answer: str) -> None:
    add_collaborator(desk.hub, desk.repository, "rosalind", granted)

    assert desk.hosting.permission("rosalind") == answer


@pytest.mark.parametrize(
    "login",
    [
        pytest.param("nobody-here", id="unknown"),
        pytest.param("../../ada", id="no login at all"),
    ],
)
def test_somebody_unknown_has_no_permission(desk: "Desk", login: str) -> None:
    assert desk.hosting.permission(login) == "none"


def test_a_permission_costs_one_call(desk: "Desk") -> None:
    calls = desk.cost(lambda: desk.hosting.permission("ada"))

    assert calls == ["GET /collaborators/ada/permission"]


def test_the_token_of_a_person_says_who_they_are(desk: "Desk") -> None:
    with closing(desk.hosting_as("marie")) as hosting:
        assert hosting.whoami() == "marie"
        assert desk.cost(hosting.whoami) == ["GET /user"]


def test_the_token_of_a_job_is_nobodys(desk: "Desk") -> None:
    with pytest.raises(BotError, match="ask whose token this is: 403"):
        desk.hosting.whoami()


def test_a_token_that_is_unknown_is_a_failure(desk: "Desk") -> None:
    with closing(desk.hosting_as("stranger")) as hosting, pytest.raises(BotError) as raised:
        hosting.permission("ada")

    assert raised.value.what == (
        "GitHub did not let envbot ask for the permission of ada: 401 Bad credentials."
    )


@pytest.mark.parametrize(
    "message", ["Not Found", "nobody-here is not a user"], ids=["plain", "in other words"]
)
def test_every_404_for_a_person_means_no_permission(
    scripted_hosting: GitHubHosting, script: Scripted, message: str
) -> None:
    script.answers = [Answer(404, {"message": message})]

    assert scripted_hosting.permission("nobody-here") == "none"

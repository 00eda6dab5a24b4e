"""Commit statuses: the newest of each context, and who set it."""

from typing import TYPE_CHECKING

import pytest

from bot.core.pull_request import StatusState
from bot.errors import BotError
from bot.sandbox.github.accounts import Caller
from bot.sandbox.github.statuses import add_status, list_statuses

if TYPE_CHECKING:
    from tests.adapters.github.conftest import Desk

RELEASE = "envbot/release"
BOT = "envbot[bot]"


@pytest.fixture
def head(desk: "Desk") -> str:
    return str(desk.repository.git.find("refs/heads/main"))


def _set(desk: "Desk", head: str, state: str, context: str, login: str = "ada") -> None:
    asked = {"state": state, "context": context}
    add_status(desk.hub, desk.repository, Caller(login), head, asked)


def test_a_commit_without_statuses_has_none(desk: "Desk", head: str) -> None:
    assert desk.hosting.statuses(head) == {}


def test_the_newest_status_of_each_context_counts_with_its_author(desk: "Desk", head: str) -> None:
    desk.hosting.set_status(head, RELEASE, StatusState.PENDING, "waiting")
    _set(desk, head, "failure", "ci/tests")
    _set(desk, head, "success", RELEASE, "mallory")

    found = desk.hosting.statuses(head)

    assert {context: (it.state, it.author) for context, it in found.items()} == {
        RELEASE: (StatusState.SUCCESS, "mallory"),
        "ci/tests": (StatusState.FAILURE, "ada"),
    }


def test_statuses_beyond_the_first_hundred_are_read(desk: "Desk", head: str) -> None:
    _set(desk, head, "success", RELEASE)
    for _ in range(101):
        _set(desk, head, "pending", "ci/tests")

    calls = desk.cost(lambda: desk.hosting.statuses(head))

    assert desk.hosting.statuses(head)[RELEASE].state is StatusState.SUCCESS
    assert len(calls) == 2


def test_a_status_is_set_with_one_call(desk: "Desk", head: str) -> None:
    calls = desk.cost(
        lambda: desk.hosting.set_status(
            head, RELEASE, StatusState.SUCCESS, "ready", url="https://example.com/run/1"
        )
    )

    row = list_statuses(desk.hub, desk.repository, head, RELEASE)[0]
    assert calls == [f"POST /statuses/{head}"]
    assert (row["state"], row["description"]) == ("success", "ready")
    assert (row["creator"], row["target_url"]) == (BOT, "https://example.com/run/1")


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        pytest.param("x" * 140, "x" * 140, id="as long as it may be"),
        pytest.param("x" * 141, "x" * 139 + "…", id="one too many"),
    ],
)
def test_a_description_is_cut_to_what_github_accepts(
    desk: "Desk", head: str, given: str, kept: str
) -> None:
    desk.hosting.set_status(head, RELEASE, StatusState.FAILURE, given)

    assert desk.hosting.statuses(head)[RELEASE].description == kept


def test_a_status_on_an_unknown_commit_is_a_failure(desk: "Desk") -> None:
    with pytest.raises(BotError, match=r"set envbot/release on 0000000: 422 No commit found"):
        desk.hosting.set_status("0" * 40, RELEASE, StatusState.SUCCESS, "ready")

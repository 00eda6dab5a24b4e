"""The one issue of its kind: made, edited, closed, opened again, and never written in vain."""

from typing import TYPE_CHECKING, Any

import pytest

from bot.core.kept_issue import KeptIssue
from bot.errors import BotError
from bot.sandbox.github.store import now

if TYPE_CHECKING:
    from tests.adapters.github.conftest import Desk

MARKER = "<!-- envbot:v1 kind=drift -->"
BOT = "envbot[bot]"
LISTED = ["GET /issues"]


@pytest.fixture(autouse=True)
def rights_of_the_job(desk: "Desk") -> None:
    """Let the bot have the rights of the job that keeps the issue, and no others."""
    grants = '{"contents": "read", "issues": "write"}'
    row = "UPDATE tokens SET permissions = ? WHERE login = ? AND repository = ?"
    desk.hub.store.change(row, grants, BOT, desk.repository.id)


def kept(text: str = "one", *, wanted: bool = True) -> KeptIssue:
    return KeptIssue(MARKER, f"Drift: {text}", f"{MARKER}\n{text}\n", wanted)


def issues(desk: "Desk") -> list[tuple[str, str, str, str | None]]:
    """Return author, state, title and reason of each issue, oldest first."""
    rows = desk.hub.store.rows(
        "SELECT * FROM issues WHERE repository = ? ORDER BY number", desk.repository.id
    )
    return [(row["author"], row["state"], row["title"], row["state_reason"]) for row in rows]


def write(desk: "Desk", **values: Any) -> int:
    """Write an issue past the API; return its number."""
    number = desk.hub.next_number(desk.repository)
    given = {"title": "Drift: one", "body": kept().body, "author": BOT, "state": "open"}
    desk.hub.store.insert(
        "issues",
        repository=desk.repository.id,
        number=number,
        **{"labels": '["envbot"]', "created_at": now(), "updated_at": now(), **given, **values},
    )
    return number


def test_it_is_made_once_and_then_edited_in_place(desk: "Desk") -> None:
    made = desk.cost(lambda: desk.hosting.keep_issue(kept()))
    edited = desk.cost(lambda: desk.hosting.keep_issue(kept("two")))

    assert issues(desk) == [(BOT, "open", "Drift: two", None)]
    assert made == [*LISTED, *LISTED, "POST /issues"]
    assert edited == [*LISTED, "PATCH /issues/1"]


@pytest.mark.parametrize("wanted", [True, False], ids=["wanted", "not wanted"])
def test_a_second_time_writes_nothing(desk: "Desk", *, wanted: bool) -> None:
    desk.hosting.keep_issue(kept())
    desk.hosting.keep_issue(kept("two", wanted=wanted))

    assert desk.cost(lambda: desk.hosting.keep_issue(kept("two", wanted=wanted))) == LISTED


def test_what_is_not_wanted_is_never_made(desk: "Desk") -> None:
    desk.hosting.keep_issue(kept(wanted=False))

    assert issues(desk) == []


def test_it_is_closed_with_a_last_word_by_one_write(desk: "Desk") -> None:
    desk.hosting.keep_issue(kept())

    cost = desk.cost(lambda: desk.hosting.keep_issue(kept("none", wanted=False)))

    assert issues(desk) == [(BOT, "closed", "Drift: none", "completed")]
    assert cost == [*LISTED, "PATCH /issues/1"]


def test_it_is_opened_again_where_somebody_closed_it(desk: "Desk") -> None:
    desk.hosting.keep_issue(kept())
    row = "UPDATE issues SET state = 'closed', closed_at = ?, state_reason = 'completed'"
    desk.hub.store.change(f"{row} WHERE repository = ?", now(), desk.repository.id)

    desk.hosting.keep_issue(kept())

    assert issues(desk) == [(BOT, "open", "Drift: one", "reopened")]


def test_it_is_opened_again_where_drift_comes_back(desk: "Desk") -> None:
    for text, wanted in (("one", True), ("none", False), ("two", True), ("none", False)):
        desk.hosting.keep_issue(kept(text, wanted=wanted))

    assert issues(desk) == [(BOT, "closed", "Drift: none", "completed")]


@pytest.mark.parametrize(
    "values",
    [
        pytest.param({"author": "ada"}, id="somebody else's with our marker"),
        pytest.param({"body": f"See {MARKER}"}, id="ours, the marker within"),
        pytest.param({"body": None}, id="ours, without a text"),
    ],
)
def test_other_issues_are_left_alone(desk: "Desk", values: dict[str, Any]) -> None:
    write(desk, title="Another", **values)

    desk.hosting.keep_issue(kept("two"))

    assert [title for _, _, title, _ in issues(desk)] == ["Another", "Drift: two"]


def test_it_is_found_on_a_later_page(desk: "Desk") -> None:
    write(desk)
    for _ in range(120):
        write(desk, title="Another", body="nothing")

    cost = desk.cost(lambda: desk.hosting.keep_issue(kept("two")))

    assert issues(desk)[0] == (BOT, "open", "Drift: two", None)
    assert cost == [*LISTED, "GET /issues", "PATCH /issues/1"]


def test_it_is_found_without_its_label_while_it_is_open(desk: "Desk") -> None:
    write(desk, labels="[]")

    desk.hosting.keep_issue(kept("two"))

    assert issues(desk) == [(BOT, "open", "Drift: two", None)]


def test_of_several_the_oldest_stays(desk: "Desk") -> None:
    for _ in range(3):
        write(desk)

    desk.hosting.keep_issue(kept())
    again = desk.cost(lambda: desk.hosting.keep_issue(kept()))

    states = [(state, reason) for _, state, _, reason in issues(desk)]
    assert states == [("open", None), ("closed", "not_planned"), ("closed", "not_planned")]
    assert again == LISTED


def test_a_refusal_is_one_sentence(desk: "Desk") -> None:
    stranger = desk.hosting_as("ada", "plant/nowhere")

    with pytest.raises(BotError, match="did not let envbot write an issue: 404"):
        stranger.keep_issue(kept())

    stranger.close()

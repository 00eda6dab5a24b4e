"""Who has a part in the commits, and when somebody last pushed, as GitHub's record tells it."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from bot.adapters.github import GitHubHosting
from bot.errors import BotError
from bot.sandbox.github import pulls
from bot.sandbox.github.accounts import ACTIONS_BOT, Caller
from tests.adapters.github.scripted import Answer, Scripted

if TYPE_CHECKING:
    from tests.adapters.github.conftest import Desk

HERE, FORK = {"full_name": "plant/envs"}, {"full_name": "mallory/envs"}
ADA = {"login": "ada", "type": "User"}
COMMIT = {"sha": "0" * 40, "author": ADA, "committer": ADA}
AT, OPENED, CLOSED = "2026-01-05T08:00:00Z", "2026-01-05T08:10:00Z", "2026-01-05T08:30:00Z"
LATER, LATEST = "2026-01-05T08:30:01Z", "2026-01-05T08:40:00Z"


def _pull(
    source: object = HERE,
    commits: int = 1,
    closed_at: str | None = None,
    merged_at: str | None = None,
) -> Answer:
    head = {"ref": "feature", "sha": "0" * 40, "repo": source}
    life = {"created_at": OPENED, "closed_at": closed_at, "merged_at": merged_at}
    shape = {"number": 7, "commits": commits, "head": head, "base": {"repo": HERE}}
    return Answer(200, {**shape, **life})


def _move(kind: str = "push", actor: object = ADA, at: str = AT) -> dict[str, object]:
    return {"activity_type": kind, "timestamp": at, "actor": actor}


def _person(login: str) -> dict[str, object]:
    return {"login": login, "type": "User"}


def _open_pull(desk: "Desk", branch: str) -> int:
    new = pulls.NewPull("Add it", "", branch, "main")
    return int(pulls.open_pull(desk.hub, desk.repository, Caller("ada"), new)["number"])


def _set_times(desk: "Desk", *hours: int) -> None:
    """Let the repository's activities have happened at these hours of a day, oldest first."""
    rows = desk.hub.store.rows(
        "SELECT id FROM activities WHERE repository = ? ORDER BY id", desk.repository.id
    )
    for row, hour in zip(rows, hours, strict=True):
        at = f"2026-01-05T{hour:02}:00:00Z"
        desk.hub.store.change("UPDATE activities SET at = ? WHERE id = ?", at, row["id"])


def _at(hour: int) -> datetime:
    return datetime(2026, 1, 5, hour, tzinfo=UTC)


def test_pushers_are_the_people_whose_commits_it_holds(desk: "Desk") -> None:
    number = desk.open_pull("marie", "lise", author="ada")

    assert desk.hosting.pushers(number) == {"marie", "lise"}


def test_whoever_pushed_is_a_pusher_whatever_name_the_commits_carry(desk: "Desk") -> None:
    desk.push("feature", "grace", "marie")

    assert desk.hosting.pushers(_open_pull(desk, "feature")) == {"grace", "marie"}


def test_pushers_cost_three_calls(desk: "Desk") -> None:
    desk.push("feature", "grace", "marie")
    number = _open_pull(desk, "feature")

    assert desk.cost(lambda: desk.hosting.pushers(number)) == [
        f"GET /pulls/{number}",
        "GET /activity",
        f"GET /pulls/{number}/commits",
    ]


def test_whoever_forced_a_push_is_a_pusher_and_so_is_who_pushed_before(desk: "Desk") -> None:
    desk.push("feature", "grace", "marie")
    desk.push("feature", "lise", "ada")

    assert desk.hosting.pushers(_open_pull(desk, "feature")) == {"ada", "grace", "lise"}


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        pytest.param("push", {"ada", "grace"}, id="push"),
        pytest.param("force_push", {"ada", "grace"}, id="forced push"),
        pytest.param("branch_creation", {"ada", "grace"}, id="first push"),
        pytest.param("pr_merge", {"ada", "grace"}, id="merge into the branch"),
        pytest.param("merge_queue_merge", {"ada", "grace"}, id="merge queue"),
        pytest.param("teleport", {"ada", "grace"}, id="a kind that GitHub may add"),
        pytest.param("branch_deletion", {"ada"}, id="deletion"),
    ],
)
def test_whoever_brings_commits_is_a_pusher(
    scripted_hosting: GitHubHosting, script: Scripted, kind: str, expected: set[str]
) -> None:
    moved = _move(kind, {"login": "grace", "type": "User"})
    script.answers = [_pull(), Answer(200, [moved]), Answer(200, [COMMIT])]

    assert scripted_hosting.pushers(7) == expected


def test_who_pushed_an_earlier_branch_of_the_same_name_is_none(desk: "Desk") -> None:
    desk.push("feature", "lise", "lise")
    desk.delete("feature", "lise")
    desk.push("feature", "grace", "marie")
    _set_times(desk, 7, 8, 9)

    assert desk.hosting.pushers(_open_pull(desk, "feature")) == {"grace", "marie"}


def test_who_pushed_a_later_branch_of_the_same_name_is_none(
    scripted_hosting: GitHubHosting, script: Scripted
) -> None:
    moves = [
        _move("branch_creation", _person("grace"), LATEST),
        _move("branch_deletion", _person("marie"), LATER),
        _move("push", _person("lise"), CLOSED),
        _move("branch_creation"),
    ]
    script.answers = [_pull(closed_at=CLOSED), Answer(200, moves), Answer(200, [COMMIT])]

    assert scripted_hosting.pushers(7) == {"ada", "lise"}


def test_who_pushes_on_after_the_merge_is_none(
    scripted_hosting: GitHubHosting, script: Scripted
) -> None:
    moves = [_move("push", _person("grace"), LATER), _move("branch_creation")]
    script.answers = [_pull(closed_at=CLOSED), Answer(200, moves), Answer(200, [COMMIT])]

    assert scripted_hosting.pushers(7) == {"ada"}


@pytest.mark.parametrize(
    "restored", [pytest.param(OPENED, id="in its second"), pytest.param(LATEST, id="later")]
)
def test_who_pushed_before_the_branch_was_restored_is_a_pusher(
    scripted_hosting: GitHubHosting, script: Scripted, restored: str
) -> None:
    moves = [
        _move("branch_creation", ADA, restored),
        _move("branch_deletion", ADA, OPENED),
        _move("push", _person("grace"), AT),
        _move("branch_creation"),
        _move("push", _person("marie")),
    ]
    script.answers = [_pull(), Answer(200, moves), Answer(200, [COMMIT])]

    assert scripted_hosting.pushers(7) == {"ada", "grace"}


def test_a_pull_request_that_is_reopened_on_a_restored_branch_has_its_pushers(desk: "Desk") -> None:
    sha = desk.push("feature", "grace", "ada")
    number = _open_pull(desk, "feature")
    desk.delete("feature", "ada")
    desk.restore("feature", sha, "ada")
    desk.reopen(number, "ada")

    assert desk.hosting.pushers(number) == {"ada", "grace"}


def test_who_pushed_another_branch_is_none(desk: "Desk") -> None:
    desk.push("feature-2", "lise", "lise")
    desk.push("feature", "grace", "marie")

    assert desk.hosting.pushers(_open_pull(desk, "feature")) == {"grace", "marie"}


def test_who_deleted_the_branch_after_the_merge_is_none(desk: "Desk") -> None:
    desk.push("feature", "marie", "marie")
    number = _open_pull(desk, "feature")
    desk.merge(number)
    desk.delete("feature", "lise")

    assert desk.hosting.pushers(number) == {"marie"}


def test_the_pushes_of_jobs_make_no_pusher(desk: "Desk") -> None:
    desk.push("feature", "marie", "marie")
    desk.push("feature", ACTIONS_BOT, ACTIONS_BOT, parent="feature")

    assert desk.hosting.pushers(_open_pull(desk, "feature")) == {"marie"}


@pytest.mark.parametrize(
    "stranger",
    [
        pytest.param("github-actions[bot]", id="a bot"),
        pytest.param("nobody-here", id="an author whom GitHub does not know"),
    ],
)
def test_pushers_are_neither_bots_nor_strangers(desk: "Desk", stranger: str) -> None:
    number = desk.open_pull("marie", stranger)

    assert desk.hosting.pushers(number) == {"marie"}


def test_pushes_beyond_the_first_page_are_read(desk: "Desk") -> None:
    desk.push("feature", "grace", "marie")
    for number in range(101):
        desk.hub.store.insert(
            "activities",
            repository=desk.repository.id,
            ref="refs/heads/feature",
            before_sha="0" * 40,
            after_sha=f"{number:040}",
            kind="push",
            actor="marie",
            at=AT,
        )
    number = _open_pull(desk, "feature")

    calls = desk.cost(lambda: desk.hosting.pushers(number))

    assert desk.hosting.pushers(number) == {"grace", "marie"}
    assert calls.count("GET /activity") == 2


def test_pages_before_the_branch_was_made_are_not_read(
    scripted_hosting: GitHubHosting, script: Scripted
) -> None:
    link = f'<{script.url}/repos/plant/envs/activity?after=x>; rel="next"'
    made = Answer(200, [_move("branch_creation")], {"Link": link})
    script.answers = [_pull(), made, Answer(200, [COMMIT])]

    assert scripted_hosting.pushers(7) == {"ada"}
    assert script.seen.count("GET /repos/plant/envs/activity") == 1


@pytest.mark.parametrize(
    "source", [pytest.param(FORK, id="another repository"), pytest.param(None, id="deleted")]
)
def test_of_a_fork_only_the_commits_are_known(
    scripted_hosting: GitHubHosting, script: Scripted, source: object
) -> None:
    script.answers = [_pull(source), Answer(200, [COMMIT])]

    assert scripted_hosting.pushers(7) == {"ada"}
    assert "GET /repos/plant/envs/activity" not in script.seen


def test_a_push_by_nobody_whom_github_names_is_a_failure(
    scripted_hosting: GitHubHosting, script: Scripted
) -> None:
    script.answers = [_pull(), Answer(200, [_move(actor=None)])]

    with pytest.raises(BotError, match="does not name who pushed to #7 at 2026-01-05T08:00:00"):
        scripted_hosting.pushers(7)


def test_whoever_has_left_github_keeps_no_merged_pull_request_from_being_judged(
    scripted_hosting: GitHubHosting, script: Scripted
) -> None:
    merged = _pull(closed_at=CLOSED, merged_at=CLOSED)
    script.answers = [merged, Answer(200, [_move(actor=None), _move()]), Answer(200, [COMMIT])]

    assert scripted_hosting.pushers(7) == {"ada"}


def test_a_closed_pull_request_may_be_opened_again_so_nobody_is_left_out(
    scripted_hosting: GitHubHosting, script: Scripted
) -> None:
    script.answers = [_pull(closed_at=CLOSED), Answer(200, [_move(actor=None)])]

    with pytest.raises(BotError, match="does not name who pushed"):
        scripted_hosting.pushers(7)


def _ask_pushers(hosting: GitHubHosting) -> object:
    return hosting.pushers(7)


def _ask_last_push(hosting: GitHubHosting) -> object:
    return hosting.last_push(7)


@pytest.mark.parametrize(
    "act",
    [pytest.param(_ask_pushers, id="pushers"), pytest.param(_ask_last_push, id="last push")],
)
@pytest.mark.parametrize(
    ("answer", "said"),
    [
        pytest.param(Answer(404, {"message": "Not Found"}), "404 Not Found", id="no such list"),
        pytest.param(Answer(403, {"message": "Not yours"}), "403 Not yours", id="forbidden"),
        pytest.param(Answer(500, {}), "too many 500 error responses", id="outage"),
        pytest.param(Answer(200, {"items": []}), "not GitHub's API", id="no list"),
        pytest.param(Answer(200, [{"actor": ADA}]), "not GitHub's API", id="another list"),
        pytest.param(
            Answer(200, [{**_move(), "timestamp": "2026-01-05T08:00:00"}]),
            "not GitHub's API",
            id="a time without its zone",
        ),
        pytest.param(
            Answer(200, [], {"Link": '<https://evil.example/activity>; rel="next"'}),
            "not GitHub's API",
            id="a page that lies elsewhere",
        ),
    ],
)
def test_a_record_that_cannot_be_read_is_a_failure(
    scripted_hosting: GitHubHosting,
    script: Scripted,
    act: Callable[[GitHubHosting], object],
    answer: Answer,
    said: str,
) -> None:
    script.answers = [_pull(), answer]

    with pytest.raises(BotError, match=said):
        act(scripted_hosting)


def test_commits_beyond_the_first_hundred_are_read(desk: "Desk") -> None:
    number = desk.open_pull("lise", *["marie"] * 100, "grace")

    assert desk.hosting.pushers(number) == {"lise", "marie", "grace"}


def test_more_commits_than_github_lists_are_a_failure(
    scripted_hosting: GitHubHosting, script: Scripted
) -> None:
    script.answers = [_pull(commits=251), Answer(200, []), Answer(200, [COMMIT] * 250)]

    with pytest.raises(BotError, match="lists 250 of the 251 commits of #7"):
        scripted_hosting.pushers(7)


def test_exactly_as_many_commits_as_github_lists_are_known(
    scripted_hosting: GitHubHosting, script: Scripted
) -> None:
    script.answers = [_pull(commits=250), Answer(200, []), Answer(200, [COMMIT] * 250)]

    assert scripted_hosting.pushers(7) == {"ada"}


def test_the_last_push_is_the_newest_of_the_branch(desk: "Desk") -> None:
    desk.push("feature", "grace", "grace")
    desk.push("feature", "lise", "lise", parent="feature")
    desk.push("other", "lise", "lise")
    _set_times(desk, 8, 9, 10)
    number = _open_pull(desk, "feature")

    assert desk.hosting.last_push(number) == _at(9)
    assert desk.cost(lambda: desk.hosting.last_push(number)) == [
        f"GET /pulls/{number}",
        "GET /activity",
    ]


def test_the_last_push_may_have_made_the_branch(desk: "Desk") -> None:
    desk.push("feature", "grace", "grace")
    _set_times(desk, 8)

    assert desk.hosting.last_push(_open_pull(desk, "feature")) == _at(8)


def test_the_last_push_may_have_been_forced(desk: "Desk") -> None:
    desk.push("feature", "grace", "grace")
    desk.push("feature", "grace", "lise")
    _set_times(desk, 8, 9)

    assert desk.hosting.last_push(_open_pull(desk, "feature")) == _at(9)


def test_neither_a_job_nor_deleting_the_branch_counts_as_the_last_push(desk: "Desk") -> None:
    desk.push("feature", "grace", "grace")
    desk.push("feature", ACTIONS_BOT, "grace", parent="feature")
    number = _open_pull(desk, "feature")
    desk.delete("feature", "lise")
    _set_times(desk, 8, 9, 10)

    assert desk.hosting.last_push(number) == _at(8)


def test_a_push_by_somebody_unnamed_counts_as_the_last_push(
    scripted_hosting: GitHubHosting, script: Scripted
) -> None:
    script.answers = [_pull(), Answer(200, [_move(actor=None)])]

    assert scripted_hosting.last_push(7) == _at(8)


def test_there_is_no_last_push_of_a_branch_without_a_record(desk: "Desk") -> None:
    assert desk.hosting.last_push(desk.open_pull()) is None


def test_there_is_no_last_push_of_a_branch_that_only_jobs_pushed(desk: "Desk") -> None:
    desk.push("feature", ACTIONS_BOT, "marie")

    assert desk.hosting.last_push(_open_pull(desk, "feature")) is None


def test_there_is_no_last_push_of_a_fork(scripted_hosting: GitHubHosting, script: Scripted) -> None:
    script.answers = [_pull(FORK)]

    assert scripted_hosting.last_push(7) is None
    assert script.seen == ["GET /repos/plant/envs/pulls/7"]

"""Which head a pull request had at a moment, by GitHub's record of who moved the branch."""

from datetime import UTC, datetime

import pytest

from bot.adapters.github import GitHubHosting
from tests.adapters.github.scripted import Answer, Scripted

HERE, FORK = {"full_name": "plant/envs"}, {"full_name": "mallory/envs"}
FIRST, SECOND, THIRD = "1" * 40, "2" * 40, "3" * 40


def _pull(source: object = HERE, closed_at: str | None = None) -> Answer:
    head = {"ref": "feature", "sha": THIRD, "repo": source}
    life = {"created_at": "2026-01-05T08:15:00Z", "closed_at": closed_at}
    return Answer(200, {"number": 7, "head": head, "base": {"repo": HERE}, **life})


def _move(kind: str, minute: int, after: str) -> dict[str, object]:
    return {
        "activity_type": kind,
        "timestamp": f"2026-01-05T08:{minute:02}:00Z",
        "actor": {"login": "ada", "type": "User"},
        "after": after,
    }


MOVES = [
    _move("force_push", 30, THIRD),
    _move("push", 20, SECOND),
    _move("branch_creation", 10, FIRST),
    _move("push", 5, "0" * 40),
]


@pytest.mark.parametrize(
    ("minute", "heads"),
    [
        pytest.param(5, (), id="before the branch was made"),
        pytest.param(10, (), id="in the second in which it was made"),
        pytest.param(11, (FIRST,), id="after its first push"),
        pytest.param(19, (FIRST,), id="before the next one"),
        pytest.param(20, (SECOND, FIRST), id="in the second of the next one"),
        pytest.param(21, (SECOND,), id="after the next one"),
        pytest.param(59, (THIRD,), id="now"),
    ],
)
def test_the_head_is_what_the_branch_was_last_moved_to(
    scripted_hosting: GitHubHosting, script: Scripted, minute: int, heads: tuple[str, ...]
) -> None:
    script.answers = [_pull(), Answer(200, MOVES)]

    assert scripted_hosting.heads_at(7, datetime(2026, 1, 5, 8, minute, tzinfo=UTC)) == heads


def test_the_head_is_found_though_the_branch_was_made_anew_after_the_merge(
    scripted_hosting: GitHubHosting, script: Scripted
) -> None:
    later = [_move("branch_creation", 50, FIRST), _move("branch_deletion", 45, "0" * 40)]
    script.answers = [_pull(closed_at="2026-01-05T08:40:00Z"), Answer(200, later + MOVES)]

    assert scripted_hosting.heads_at(7, datetime(2026, 1, 5, 8, 21, tzinfo=UTC)) == (SECOND,)


def test_the_head_before_the_branch_was_restored_is_found(
    scripted_hosting: GitHubHosting, script: Scripted
) -> None:
    later = [_move("branch_creation", 50, THIRD), _move("branch_deletion", 45, "0" * 40)]
    script.answers = [_pull(), Answer(200, later + MOVES)]

    assert scripted_hosting.heads_at(7, datetime(2026, 1, 5, 8, 21, tzinfo=UTC)) == (SECOND,)


def test_a_record_without_the_commit_tells_no_head(
    scripted_hosting: GitHubHosting, script: Scripted
) -> None:
    script.answers = [_pull(), Answer(200, [{**MOVES[2], "after": ""}])]

    assert scripted_hosting.heads_at(7, datetime(2026, 1, 5, 9, tzinfo=UTC)) == ()


def test_of_a_fork_no_head_is_known(scripted_hosting: GitHubHosting, script: Scripted) -> None:
    script.answers = [_pull(FORK)]

    assert scripted_hosting.heads_at(7, datetime(2026, 1, 5, 9, tzinfo=UTC)) == ()

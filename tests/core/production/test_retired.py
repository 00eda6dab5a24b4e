"""Which configs main has given up for good, and which must have gone by mistake."""

from datetime import UTC, datetime

import pytest

from bot.core.config.circuit import CircuitId
from bot.core.history import FileChange
from bot.core.production.retired import retired

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


def path(number: int) -> str:
    return f"config/plants/P001/C{number:03}.yml"


def removed(commit: str, *numbers: int) -> list[FileChange]:
    return [FileChange(commit, NOON, path(number), "b" * 40, "") for number in numbers]


def added(commit: str, *numbers: int) -> list[FileChange]:
    return [FileChange(commit, NOON, path(number), "", "b" * 40) for number in numbers]


@pytest.mark.parametrize(
    ("changes", "circuits", "expected"),
    [
        pytest.param(removed("a", 1), 9, {1}, id="one of ten"),
        pytest.param(removed("a", 1, 2), 8, set(), id="two of ten at once"),
        pytest.param([*removed("b", 2), *removed("a", 1)], 18, {1, 2}, id="one after the other"),
        pytest.param(
            [*removed("b", 2), *added("b", *range(10, 30)), *removed("a", 1)],
            27,
            set(),
            id="of as many as there were then, not of as many as came later",
        ),
        pytest.param(
            [*removed("c", 1), *added("b", 1), *removed("a", 1, 2, 3)],
            17,
            {1},
            id="one that came back counts by when it went for good",
        ),
        pytest.param([FileChange("a", NOON, path(1), "a" * 40, "b" * 40)], 10, set(), id="an edit"),
        pytest.param(
            [FileChange("a", NOON, "config/plants/README.md", "a" * 40, "")],
            10,
            set(),
            id="what is no config",
        ),
        pytest.param([], 10, set(), id="no history"),
    ],
)
def test_a_config_is_given_up_where_its_commit_took_away_no_more_than_is_allowed(
    changes: list[FileChange], circuits: int, expected: set[int]
) -> None:
    found = retired(changes, circuits, 10)

    assert found == {CircuitId("P001", f"C{number:03}") for number in expected}

"""Which of the versions that are asked for main was taken back from."""

from datetime import UTC, datetime

import pytest

from bot.core.withdrawn import (
    Asked,
    Withdrawal,
    asks_for_more,
    is_withdrawal,
    refuse_withdrawn,
    withdrawn_versions,
)

PAST = {"1.4.9": {"old"}, "1.5.0": {"now"}, "1.5.1": {"bad"}, "1.10.0": {"worse"}, "x": {"odd"}}


@pytest.mark.parametrize(
    ("versions", "digest", "expected"),
    [
        pytest.param({"1.5.1"}, "bad", ("1.5.1",), id="the same again"),
        pytest.param({"1.5.1"}, "", ("1.5.1",), id="by a config alone"),
        pytest.param({"1.5.2"}, "bad", ("1.5.1",), id="its content under another version"),
        pytest.param({"1.10.0", "1.5.1"}, "", ("1.10.0", "1.5.1"), id="the highest first"),
        pytest.param({"1.5.2"}, "new", (), id="something new"),
        pytest.param({"1.5.2"}, "", (), id="a version that main never had"),
        pytest.param({"1.4.9"}, "old", (), id="an older one, which is a rollback itself"),
        pytest.param({"1.5.2"}, "now", (), id="what main has, under another version"),
        pytest.param({"x"}, "odd", (), id="no version at all"),
    ],
)
def test_a_version_above_mains_that_main_has_had_was_taken_back(
    versions: set[str], digest: str, expected: tuple[str, ...]
) -> None:
    assert withdrawn_versions(Asked("1.5.0", versions, digest), PAST) == expected


def test_nothing_is_said_where_main_has_no_version() -> None:
    assert withdrawn_versions(Asked("", {"1.5.1"}, "bad"), PAST) == ()


@pytest.mark.parametrize(
    ("versions", "expected"),
    [
        pytest.param({"1.4.9", "1.10.0"}, True, id="above"),
        pytest.param({"1.4.9", "1.5.0"}, False, id="not above"),
        pytest.param({"latest"}, False, id="no version"),
        pytest.param(set(), False, id="nothing"),
    ],
)
def test_only_a_version_above_mains_is_looked_for(versions: set[str], expected: bool) -> None:
    assert asks_for_more(Asked("1.5.0", versions, "")) is expected


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        pytest.param("1.5.1", "1.5.0", True, id="one back"),
        pytest.param("1.5.2", "1.5.0", True, id="two back"),
        pytest.param("1.5.2", "1.5.1", False, id="only to it"),
        pytest.param("1.5.0", "1.5.1", False, id="forward"),
        pytest.param("", "1.5.0", False, id="from nothing"),
    ],
)
def test_a_commit_takes_a_version_back_by_going_below_it(
    before: str, after: str, expected: bool
) -> None:
    assert is_withdrawal(before, "1.5.1", after) is expected


def test_the_refusal_names_who_took_it_back_and_how_to_insist() -> None:
    at = datetime(2026, 3, 1, tzinfo=UTC)

    refusal = refuse_withdrawn(Withdrawal("1.5.1", "c" * 40, 12, at), "1.5.2")

    assert refusal.code == "VERSION_ROLLED_BACK"
    assert refusal.facts == ("#12 took main back from it. 1.5.2 has the same content.",)
    assert "`/bump 1.5.2`" in refusal.next


def test_a_direct_push_is_named_by_its_commit() -> None:
    refusal = refuse_withdrawn(Withdrawal("1.5.1", "c" * 40), "1.5.1")

    assert refusal.facts == ("commit ccccccc took main back from it.",)

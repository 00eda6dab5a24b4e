"""Concurrency groups."""

from hypothesis import given
from hypothesis import strategies as st

from bot.sandbox.github.actions.groups import Groups


def test_one_runs_and_the_newest_waits() -> None:
    groups: Groups[str] = Groups()

    assert groups.enter("g", "first", keeps_all=False) == (True, [])
    assert groups.enter("g", "second", keeps_all=False) == (False, [])
    assert groups.enter("g", "third", keeps_all=False) == (False, ["second"])
    assert [groups.leave("g"), groups.leave("g")] == ["third", None]


def test_groups_do_not_wait_for_each_other() -> None:
    groups: Groups[str] = Groups()
    groups.enter("g", "first", keeps_all=True)

    assert groups.enter("h", "other", keeps_all=True) == (True, [])


@given(st.lists(st.integers(), min_size=1, max_size=20))
def test_a_queue_keeps_all_in_order(jobs: list[int]) -> None:
    groups: Groups[int] = Groups()
    for job in jobs:
        groups.enter("g", job, keeps_all=True)

    rest = [groups.leave("g") for _ in jobs]

    assert rest == [*jobs[1:], None]

"""What `/status` answers where no gate can move any more."""

from dataclasses import replace
from datetime import UTC, datetime

from bot.core.pull_request import PullRequest
from bot.core.render.gates import settled_markdown

OPENED = datetime(2026, 3, 1, 12, tzinfo=UTC)
CLOSED = PullRequest(
    number=7,
    title="Say more",
    author="tom",
    head="h" * 40,
    head_branch="say-more",
    base="b" * 40,
    base_branch="main",
    draft=False,
    open=False,
    from_fork=False,
    created_at=OPENED,
    merged_at=None,
    merge_commit=None,
)


def test_of_a_merged_one_it_says_where_production_is_told_and_how_to_go_on() -> None:
    shown = settled_markdown(replace(CLOSED, merged_at=OPENED, merge_commit="m" * 40))

    assert shown.startswith("### #7 is merged: its gates are settled\n")
    assert "`envbot status`" in shown
    assert "**Next:** `/retry`" in shown


def test_of_a_closed_one_nothing_is_released() -> None:
    assert settled_markdown(CLOSED) == "### #7 is closed: nothing of it is released\n"

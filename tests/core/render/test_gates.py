"""What `/status` answers where no gate can move any more."""

from dataclasses import replace
from datetime import UTC, datetime

from bot.core.render.gates import settled_markdown
from tests.sample_pull import PULL

OPENED = datetime(2026, 3, 1, 12, tzinfo=UTC)
CLOSED = replace(PULL, open=False)


def test_of_a_merged_one_it_says_where_production_is_told_and_how_to_go_on() -> None:
    shown = settled_markdown(replace(CLOSED, merged_at=OPENED, merge_commit="m" * 40))

    assert shown.startswith("### #7 is merged: its gates are settled\n")
    assert "`envbot status`" in shown
    assert "**Next:** `/retry`" in shown


def test_of_a_closed_one_nothing_is_released() -> None:
    assert settled_markdown(CLOSED) == "### #7 is closed: nothing of it is released\n"

"""When the schedule starts an apply that nobody has started, and what an equal production costs.

The GitHub and the Azure of these runs are out of reach: whoever asks them fails.
"""

from dataclasses import replace
from typing import Any, cast

import pytest

from bot.core.production.drift_report import Changed, DriftReport
from bot.errors import BotError
from bot.handlers.context import Context
from bot.handlers.missed_apply import misses_apply
from bot.handlers.planning import STAGE
from bot.handlers.stage_lease import hold

NOTHING = DriftReport((), (), (), (), to_come=0, unchanged=6)
CHANGED = (Changed("P001/C001", "plant", "circuit", (), "by hand", None),)


class Away:
    """An Azure that nobody reaches."""

    def __getattr__(self, name: str) -> Any:
        raise BotError(f"Azure was asked for {name}.")


CLOUD = cast("Any", Away())


@pytest.fixture
def run(context: Context) -> Context:
    return replace(context, run_url="", process="this one")


@pytest.fixture
def another(context: Context) -> Context:
    return replace(context, run_url="", process="another")


@pytest.mark.parametrize(
    "found",
    [
        pytest.param(NOTHING, id="equal"),
        pytest.param(replace(NOTHING, changed=CHANGED), id="changed by hand, which is reported"),
    ],
)
def test_nothing_to_write_is_known_without_asking_anybody(run: Context, found: DriftReport) -> None:
    assert not misses_apply(run, CLOUD, found)


@pytest.mark.parametrize(
    "found",
    [
        pytest.param(replace(NOTHING, to_come=1), id="to come"),
        pytest.param(
            replace(NOTHING, changed=CHANGED, is_enforced=True), id="changed, and overwritten"
        ),
    ],
)
def test_what_may_be_written_is_planned_as_an_apply_does(run: Context, found: DriftReport) -> None:
    with pytest.raises(BotError, match="Azure was asked for deployments"):
        misses_apply(run, CLOUD, found)


def test_while_a_run_is_writing_nothing_is_missed(run: Context, another: Context) -> None:
    with hold(another, STAGE, ()):
        assert not misses_apply(run, CLOUD, replace(NOTHING, to_come=1))


def test_a_run_that_died_in_the_middle_is_taken_up(run: Context, another: Context) -> None:
    abandoned = hold(another, STAGE, (7,))
    abandoned.__enter__()
    seen = replace(run, process_is_over=lambda owner: owner == "another")

    assert misses_apply(seen, CLOUD, NOTHING)

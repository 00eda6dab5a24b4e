import pytest

from bot.sandbox.azureml.timeline import Span, step_spans, whole_span

SPAN = Span(starts=10.0, ends=20.0, outcome="Failed")


@pytest.mark.parametrize(
    ("now", "status"),
    [
        pytest.param(9.9, "NotStarted", id="before"),
        pytest.param(10.0, "Running", id="at its start"),
        pytest.param(19.9, "Running", id="shortly before its end"),
        pytest.param(20.0, "Failed", id="at its end"),
    ],
)
def test_the_status_follows_the_clock(now: float, status: str) -> None:
    assert SPAN.status(now) == status


def test_what_had_ended_before_a_cancellation_stays_as_it_was() -> None:
    assert SPAN.status(30.0, canceled_at=25.0) == "Failed"
    assert SPAN.status(30.0, canceled_at=15.0) == "Canceled"


def test_steps_end_one_after_the_other_and_the_last_when_the_time_is_up() -> None:
    spans = step_spans(100.0, 3.0, ["Completed"] * 3)

    assert [span.ends for span in spans] == [101.0, 102.0, 103.0]


@pytest.mark.parametrize(
    ("outcomes", "whole"),
    [
        pytest.param(["Completed", "Completed"], "Completed", id="all steps completed"),
        pytest.param(["Completed", "Failed"], "Failed", id="one step failed"),
        pytest.param([], "Completed", id="no steps"),
    ],
)
def test_a_pipeline_fails_with_any_step(outcomes: list[str], whole: str) -> None:
    span = whole_span(99.0, 100.0, step_spans(100.0, 1.0, outcomes))

    assert span.outcome == whole

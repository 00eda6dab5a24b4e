import math
from dataclasses import replace

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.baseline import Prediction, Score, judge_scores
from bot.core.config.platform_file import TestSettings
from bot.core.model_test import ModelResult

SETTINGS = TestSettings(compute="cpu", sample_data="azureml:sample:1", tolerance=0.1)
PASSED = ModelResult("m", "1", passed=True, why="")
FAILED = ModelResult("m", "1", passed=False, why="ValueError: x", log_tail="the log")


def score(*predictions: Prediction, baseline: bool = False) -> Score:
    return Score(PASSED, baseline, len(predictions), "digest", predictions)


def judged(*scores: Score, **settings: object) -> tuple[bool, str]:
    (result,) = judge_scores(scores, msgspec.structs.replace(SETTINGS, **settings))
    return result.passed, result.why


@pytest.mark.parametrize(
    ("before", "after", "why"),
    [
        pytest.param(1.0, 1.0, "", id="equal"),
        pytest.param(1.0, 1.0999, "", id="just within"),
        pytest.param(1.0, 1.1001, "row 1 differs from the baseline by 0.1001", id="just beyond"),
        pytest.param([1, 2], [1, 3], "row 1 differs from the baseline by 1", id="in a list"),
        pytest.param([1, 2], [1], "row 1 differs from the baseline by inf", id="shorter"),
        pytest.param([], [], "row 1 differs from the baseline by inf", id="nothing in it"),
        pytest.param({"a": 1}, {"a": 1.05}, "", id="in an object"),
        pytest.param({"a": 1}, {"b": 1}, "row 1 differs from the baseline by inf", id="other key"),
        pytest.param("ok", "ok", "", id="equal labels"),
        pytest.param("ok", "alarm", "row 1 differs from the baseline by inf", id="labels"),
        pytest.param(1, True, "row 1 differs from the baseline by inf", id="number and truth"),
        pytest.param(
            math.nan, math.nan, "row 1 differs from the baseline by inf", id="not a number"
        ),
    ],
)
def test_predictions_are_compared_within_the_tolerance(
    before: Prediction, after: Prediction, why: str
) -> None:
    assert judged(score(after), score(before, baseline=True)) == (not why, why)


def test_the_first_row_that_differs_is_named() -> None:
    passed, why = judged(score(1.0, 2.0, 9.0), score(1.0, 2.0, 3.0, baseline=True))

    assert (passed, why) == (False, "row 3 differs from the baseline by 6")


@pytest.mark.parametrize(
    ("baseline", "why"),
    [
        pytest.param(
            replace(score(1.0, baseline=True), result=FAILED),
            "the baseline itself failed: ValueError: x",
            id="failed",
        ),
        pytest.param(None, "the baseline itself failed: it left no result", id="absent"),
    ],
)
def test_a_baseline_that_failed_fails_the_model_unless_it_is_optional(
    baseline: Score | None, why: str
) -> None:
    scores = [score(1.0), *([baseline] if baseline else [])]

    assert judged(*scores) == (False, why)
    assert judged(*scores, baseline="optional") == (True, "")


@pytest.mark.parametrize(
    ("baseline", "why"),
    [
        pytest.param(
            replace(score(1.0, baseline=True), sample="other"),
            "the baseline was scored on other data",
            id="other data",
        ),
        pytest.param(
            score(1.0, 2.0, baseline=True), "1 predictions, 2 in the baseline", id="other rows"
        ),
        pytest.param(
            replace(score(baseline=True), rows=1), "1 predictions, 1 in the baseline", id="emptied"
        ),
    ],
)
def test_an_optional_baseline_is_still_compared(baseline: Score, why: str) -> None:
    assert judged(score(1.0), baseline, baseline="optional") == (False, why)


def test_nothing_to_compare_is_not_equal() -> None:
    assert judged(score(), score(baseline=True)) == (False, "there are no predictions to compare")


def test_without_a_baseline_asked_for_a_score_is_enough() -> None:
    assert judged(score(5.0), score(1.0, baseline=True), baseline="none") == (True, "")


def test_a_failure_in_the_environment_under_test_keeps_its_own_reason_and_log() -> None:
    failed = replace(score(), result=FAILED)

    assert judge_scores([failed, score(1.0, baseline=True)], SETTINGS) == (FAILED,)


def test_a_baseline_alone_is_no_result() -> None:
    assert judge_scores([score(1.0, baseline=True)], SETTINGS) == ()


def test_one_baseline_that_differs_is_enough() -> None:
    other = score(7.0, baseline=True)

    assert not judged(score(1.0), score(1.0, baseline=True), other)[0]


numbers = st.floats(allow_nan=False, allow_infinity=False, width=32)


@given(st.lists(numbers, min_size=1), st.floats(0, 1))
def test_predictions_always_agree_with_themselves(rows: list[float], tolerance: float) -> None:
    again = score(*rows, baseline=True)

    assert judged(score(*rows), again, tolerance=tolerance) == (True, "")


@given(numbers, numbers, st.floats(0, 1))
def test_it_does_not_matter_which_side_is_larger(
    one: float, other: float, tolerance: float
) -> None:
    forth = judged(score(one), score(other, baseline=True), tolerance=tolerance)
    back = judged(score(other), score(one, baseline=True), tolerance=tolerance)

    assert forth == back

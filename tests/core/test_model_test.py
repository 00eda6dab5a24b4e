from dataclasses import replace

import pytest

from bot.core.config.circuit import CircuitId
from bot.core.config.platform_file import TestSettings
from bot.core.model_test import JobState, JobStatus, ModelResult, verdict
from bot.core.model_test_request import (
    ModelRef,
    ProductionModel,
    make_request,
)

MODELS = [ModelRef(f"m{number:03}", "1") for number in range(200)]
SETTINGS = TestSettings(compute="cpu", sample_data="data", models_per_step=30, tolerance=0.1)
DIGEST = "0123456789abcdef"
CIRCUIT = CircuitId("P001", "C001")
LIVE = [ProductionModel(ref, CIRCUIT, "azureml:e:0") for ref in MODELS]
REQUEST = make_request("azureml:e:1", DIGEST, LIVE, SETTINGS)
PASSED = [ModelResult(model.name, model.version, passed=True, why="") for model in MODELS]
DONE = JobState("job", "completed", None, None, 7, 7)


def test_passes_when_every_model_passed() -> None:
    judged = verdict(REQUEST, DONE, PASSED, MODELS)

    assert (judged.passed, judged.failures, judged.tested, judged.total, judged.why) == (
        True,
        (),
        200,
        200,
        "",
    )


@pytest.mark.parametrize(
    ("results", "why"),
    [
        pytest.param(PASSED[1:], "no result", id="one without a result"),
        pytest.param(
            [replace(PASSED[0], passed=False, why="differs"), *PASSED[1:]],
            "differs",
            id="one failed",
        ),
        pytest.param(
            [*PASSED, replace(PASSED[0], passed=False, why="differs")],
            "differs",
            id="one passed and failed",
        ),
        pytest.param(
            [replace(PASSED[0], version="2"), *PASSED[1:]], "no result", id="one of another version"
        ),
    ],
)
def test_199_of_200_is_not_passed(results: list[ModelResult], why: str) -> None:
    judged = verdict(REQUEST, DONE, results, MODELS)

    assert not judged.passed
    assert judged.why == "1 of 200 models did not pass"
    assert [(failure.ref, failure.why) for failure in judged.failures] == [(MODELS[0], why)]


def test_a_model_deployed_meanwhile_is_a_failure() -> None:
    judged = verdict(REQUEST, DONE, PASSED, [*MODELS, ("late", "1")])

    assert [failure.why for failure in judged.failures] == [
        "deployed after the test began, not tested"
    ]


def test_a_model_gone_meanwhile_still_counts() -> None:
    judged = verdict(REQUEST, DONE, PASSED[1:], MODELS[1:])

    assert not judged.passed


@pytest.mark.parametrize(
    ("state", "why"),
    [
        pytest.param(None, "there is no test job", id="no job"),
        pytest.param(
            replace(DONE, status="running", done=3),
            "the test job is running, 3 of 7 steps have ended",
            id="running",
        ),
        pytest.param(replace(DONE, status="failed"), "the test job ended as failed", id="failed"),
        pytest.param(
            replace(DONE, status="canceled"), "the test job ended as canceled", id="canceled"
        ),
    ],
)
def test_results_alone_do_not_pass(state: JobState | None, why: str) -> None:
    judged = verdict(REQUEST, state, PASSED, MODELS)

    assert (judged.passed, judged.why) == (False, why)


def test_no_model_at_all_is_not_passed() -> None:
    judged = verdict(replace(REQUEST, models=()), DONE, [], [])

    assert (judged.passed, judged.why) == (False, "there is no model to test")


@pytest.mark.parametrize(
    ("status", "ended"),
    [("running", False), ("completed", True), ("failed", True), ("canceled", True)],
)
def test_only_a_running_job_has_not_ended(status: JobStatus, ended: bool) -> None:
    assert replace(DONE, status=status).has_ended is ended

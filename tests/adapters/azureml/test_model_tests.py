import time
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
from msgspec.structs import replace

from bot.adapters.azureml import AzureCloud
from bot.adapters.azureml.model_tests import parse_results
from bot.core.model_test import JobState, ModelTestRequest, make_request, verdict

if TYPE_CHECKING:
    from tests.adapters.azureml.conftest import Place

MODELS = [(f"sensor-{number:02}", "5") for number in range(7)]


@pytest.fixture
def request_of_seven(place: "Place") -> Iterator[ModelTestRequest]:
    """Return a test of seven models in three steps, which the sandbox runs at once."""
    environment = place.environment("test", "1.5.1")
    settings = replace(place.platform.test, models_per_step=3)
    place.sandbox.script(job_queue_seconds=0.0, job_seconds=0.0)
    yield make_request(environment, "a" * 64, MODELS, settings)
    place.sandbox.script(failing_models=[], missing_models=[], crashing_models=[], job_seconds=0.0)


def run(cloud: AzureCloud, request: ModelTestRequest) -> JobState:
    name = cloud.submit_model_test(request)
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        state = cloud.job("test", name)
        assert state
        if state.has_ended:
            return state
        time.sleep(0.05)
    raise AssertionError(f"{name} has not ended")


def test_all_models_are_tested_by_one_job(
    cloud: AzureCloud, place: "Place", request_of_seven: ModelTestRequest
) -> None:
    mark = place.mark()

    state = run(cloud, request_of_seven)
    results = cloud.model_results(request_of_seven)

    assert (state.status, state.done, state.total) == ("completed", 3, 3)
    assert [(result.model, result.version) for result in results] == MODELS
    assert verdict(request_of_seven, state, results, MODELS).passed
    job = f"{place.path('test')}/jobs/"
    submissions = [line for line in place.requests(mark) if line.startswith(f"PUT {job}")]
    assert len(submissions) == 1


def test_the_steps_share_one_component_and_one_upload(
    cloud: AzureCloud, place: "Place", request_of_seven: ModelTestRequest
) -> None:
    mark = place.mark()

    cloud.submit_model_test(request_of_seven)

    puts = [line for line in place.requests(mark) if line.startswith("PUT")]
    assert len([line for line in puts if "/components/" in line]) == 1
    assert len([line for line in puts if "/codes/" in line]) == 1


def test_the_environment_is_written_into_the_job(
    cloud: AzureCloud, place: "Place", request_of_seven: ModelTestRequest
) -> None:
    cloud.submit_model_test(request_of_seven)

    job = place.get("test", f"jobs/{request_of_seven.job_name}")["properties"]
    component = next(iter(job["jobs"].values()))["componentId"]
    spec = place.sandbox.call("GET", component, **{"api-version": "2024-01-01-preview"})
    rendered = spec["properties"]["componentSpec"]["environment"]
    assert rendered.removeprefix("azureml:") == request_of_seven.environment_id
    assert job["settings"]["continue_on_step_failure"] is True


def test_a_repeat_finds_the_job_and_submits_nothing(
    cloud: AzureCloud, place: "Place", request_of_seven: ModelTestRequest
) -> None:
    name = cloud.submit_model_test(request_of_seven)
    mark = place.mark()

    assert cloud.submit_model_test(request_of_seven) == name

    assert {line.split()[0] for line in place.requests(mark)} == {"GET"}


def test_a_failing_model_is_told_with_its_log(
    cloud: AzureCloud, place: "Place", request_of_seven: ModelTestRequest
) -> None:
    place.sandbox.script(failing_models=["sensor-04"])

    state = run(cloud, request_of_seven)
    judged = verdict(request_of_seven, state, cloud.model_results(request_of_seven), MODELS)

    assert [failure.ref for failure in judged.failures] == [("sensor-04", "5")]
    assert judged.failures[0].log_tail == "sensor-04: scripted failure"


def test_a_model_without_a_result_did_not_pass(
    cloud: AzureCloud, place: "Place", request_of_seven: ModelTestRequest
) -> None:
    place.sandbox.script(missing_models=["sensor-04"])

    state = run(cloud, request_of_seven)
    judged = verdict(request_of_seven, state, cloud.model_results(request_of_seven), MODELS)

    assert [(failure.ref, failure.why) for failure in judged.failures] == [
        (("sensor-04", "5"), "no result")
    ]


def test_a_step_that_dies_hides_no_other(
    cloud: AzureCloud, place: "Place", request_of_seven: ModelTestRequest
) -> None:
    place.sandbox.script(crashing_models=["sensor-01"])

    state = run(cloud, request_of_seven)
    results = cloud.model_results(request_of_seven)

    assert state.status == "failed"
    assert [result.model for result in results] == [f"sensor-{n:02}" for n in (3, 4, 5, 6)]


def test_a_running_job_says_how_far_it_is_by_one_list(
    cloud: AzureCloud, place: "Place", request_of_seven: ModelTestRequest
) -> None:
    place.sandbox.script(job_seconds=60.0)
    cloud.submit_model_test(request_of_seven)
    mark = place.mark()

    state = cloud.job("test", request_of_seven.job_name)

    assert state
    assert (state.status, state.done, state.total, state.ended_at) == ("running", 0, 3, None)
    assert len([line for line in place.requests(mark) if "children" in line]) == 1


def test_a_job_that_ended_says_when(cloud: AzureCloud, request_of_seven: ModelTestRequest) -> None:
    before = datetime.now(UTC)

    state = run(cloud, request_of_seven)

    assert state.started_at
    assert state.ended_at
    assert (state.started_at - before).total_seconds() > -1
    assert state.started_at <= state.ended_at


def test_there_is_no_job_of_a_name_nobody_submitted(cloud: AzureCloud) -> None:
    assert cloud.job("test", "compat-absent") is None


def test_nothing_is_printed_but_by_the_bot(
    cloud: AzureCloud, request_of_seven: ModelTestRequest, capfd: pytest.CaptureFixture[str]
) -> None:
    run(cloud, request_of_seven)
    cloud.model_results(request_of_seven)

    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(b"\xff\xfe", id="not text"),
        pytest.param(b"17", id="a number"),
        pytest.param(b'{"name": "m", "version": "1"}', id="no outcome"),
        pytest.param(b'{"name": "m", "version": 1, "passed": true}', id="a numeric version"),
        pytest.param(b'{"name": "m", "version": "1", "passed": "yes"}', id="a text outcome"),
    ],
)
def test_leaves_out_what_is_no_result(data: bytes) -> None:
    assert list(parse_results(data)) == []


def test_reads_several_results_in_one_file() -> None:
    passed = b'{"name": "m", "version": "1", "passed": true}'
    failed = b'{"name": "n", "version": "2", "passed": false, "why": "differs"}'
    data = b'[%s, {"x": 1}, %s]' % (passed, failed)

    assert [(result.ref, result.passed) for result in parse_results(data)] == [
        (("m", "1"), True),
        (("n", "2"), False),
    ]

import time
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest
from msgspec.structs import replace

from bot.adapters.azureml import AzureCloud
from bot.core.config.circuit import CircuitId
from bot.core.model_test import JobState, ModelTestVerdict, verdict
from bot.core.model_test_request import (
    ModelRef,
    ModelTestRequest,
    ProductionModel,
    make_request,
)
from bot.errors import UserError

if TYPE_CHECKING:
    from tests.adapters.azureml.conftest import Place

MODELS = [ModelRef(f"sensor-{number:02}", "5") for number in range(7)]
SCRIPT: dict[str, object] = {
    "failing_models": [],
    "failure_log": "",
    "missing_models": [],
    "crashing_models": [],
    "lost_models": [],
    "failing_baselines": [],
    "differing_models": [],
    "job_seconds": 0.0,
    "job_queue_seconds": 0.0,
}


def in_production(ref: ModelRef, runs_on: str, circuit: str = "C001") -> ProductionModel:
    return ProductionModel(ref, CircuitId("P001", circuit), runs_on)


@pytest.fixture
def at_once(place: "Place") -> Iterator[None]:
    place.sandbox.script(**SCRIPT)
    yield
    place.sandbox.script(**SCRIPT)


@pytest.fixture
def request_of_seven(place: "Place", at_once: None) -> ModelTestRequest:
    """Return a test of seven models in three steps, which the sandbox runs at once."""
    del at_once
    for ref in MODELS:
        place.model("test", *ref)
    return make(place)


def make(place: "Place", *, attempt: int = 1, **settings: object) -> ModelTestRequest:
    after, before = place.environment("test", "1.5.1"), place.environment("test", "1.5.0")
    place.put(
        "test", "data/sample/versions/1", {"dataUri": "azureml://x/y", "dataType": "uri_file"}
    )
    used = replace(place.platform.test, **{"models_per_step": 3, **settings})
    models = [in_production(ref, before) for ref in MODELS]
    return make_request(after, "a" * 64, models, used, attempt=attempt)


def judged(cloud: AzureCloud, request: ModelTestRequest) -> ModelTestVerdict:
    state = run(cloud, request)
    return verdict(request, state, cloud.model_results(request), MODELS)


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

    assert (state.status, state.done, state.total) == ("completed", 6, 6)
    assert [(result.model, result.version) for result in results] == MODELS
    assert verdict(request_of_seven, state, results, MODELS).passed
    job = f"{place.path('test')}/jobs/"
    submissions = [line for line in place.requests(mark) if line.startswith(f"PUT {job}")]
    assert len(submissions) == 1


def test_steps_of_one_shape_and_environment_share_a_component_and_all_share_one_upload(
    cloud: AzureCloud, place: "Place", request_of_seven: ModelTestRequest
) -> None:
    mark = place.mark()

    cloud.submit_model_test(request_of_seven)

    puts = [line for line in place.requests(mark) if line.startswith("PUT")]
    assert len([line for line in puts if "/components/" in line]) == 4
    assert len([line for line in puts if "/codes/" in line]) == 1


def test_the_environment_is_written_into_the_job(
    cloud: AzureCloud, place: "Place", request_of_seven: ModelTestRequest
) -> None:
    cloud.submit_model_test(request_of_seven)

    job = place.get("test", f"jobs/{request_of_seven.job_name}")["properties"]
    rendered = {
        name: component_of(place, node)["environment"].rpartition("/")[2]
        for name, node in job["jobs"].items()
    }
    assert rendered == {
        **{f"models_000{number}": "1.5.1" for number in (1, 2, 3)},
        **{f"baseline_000{number}": "1.5.0" for number in (1, 2, 3)},
    }
    assert job["settings"]["continue_on_step_failure"] is True


def test_a_repeat_finds_the_job_and_submits_nothing(
    cloud: AzureCloud, place: "Place", request_of_seven: ModelTestRequest
) -> None:
    name = cloud.submit_model_test(request_of_seven)
    mark = place.mark()

    assert cloud.submit_model_test(request_of_seven) == name

    assert {line.split()[0] for line in place.requests(mark)} == {"GET"}


def test_models_and_sample_are_mounted_and_named_in_the_command(
    cloud: AzureCloud, place: "Place", request_of_seven: ModelTestRequest
) -> None:
    cloud.submit_model_test(request_of_seven)

    job = place.get("test", f"jobs/{request_of_seven.job_name}")["properties"]
    node = job["jobs"]["models_0003"]
    assert node["inputs"]["models"]["value"] == "sensor-06:5"
    assert node["inputs"]["model_1"] == {
        "job_input_type": "custom_model",
        "uri": f"{place.path('test')}/models/sensor-06/versions/5",
    }
    assert node["inputs"]["sample_1"]["uri"].endswith("/data/sample/versions/1")
    assert component_of(place, node)["command"].endswith(
        "--models ${{inputs.models}} --paths ${{inputs.model_1}} --samples ${{inputs.sample_1}}"
    )


def component_of(place: "Place", node: Mapping[str, Any]) -> Mapping[str, Any]:
    spec = place.sandbox.call("GET", node["componentId"], **{"api-version": "2024-01-01-preview"})
    found: Mapping[str, Any] = spec["properties"]["componentSpec"]
    return found


def test_models_come_from_the_registry_where_the_platform_says_so(
    cloud: AzureCloud, place: "Place", request_of_seven: ModelTestRequest
) -> None:
    del request_of_seven
    for ref in MODELS:
        place.registry_model(*ref)
    request = make(place, models="registry")

    assert judged(cloud, request).passed

    job = place.get("test", f"jobs/{request.job_name}")["properties"]
    root = f"azureml://registries/{place.platform.registry}"
    assert job["jobs"]["models_0003"]["inputs"]["model_1"]["uri"] == (
        f"{root}/models/sensor-06/versions/5"
    )


def test_an_mlflow_model_is_mounted_as_one(
    cloud: AzureCloud, place: "Place", request_of_seven: ModelTestRequest
) -> None:
    del request_of_seven
    place.model("test", "flow", "1", modelType="mlflow_model")
    model = in_production(ModelRef("flow", "1"), place.environment("test", "1.5.0"))
    request = make_request(
        place.environment("test", "1.5.1"), "b" * 64, [model], place.platform.test
    )

    cloud.submit_model_test(request)

    job = place.get("test", f"jobs/{request.job_name}")["properties"]
    assert job["jobs"]["models_0001"]["inputs"]["model_1"]["job_input_type"] == "mlflow_model"


def test_a_template_gives_each_circuit_its_own_sample(
    cloud: AzureCloud, place: "Place", request_of_seven: ModelTestRequest
) -> None:
    root = "azureml://datastores/workspaceblobstore/paths/samples"
    settings = replace(place.platform.test, sample_data=f"{root}/{{plant_id}}/{{circuit_id}}.csv")
    before = place.environment("test", "1.5.0")
    models = [in_production(ref, before, f"C{number:03}") for number, ref in enumerate(MODELS[:2])]
    request = make_request(request_of_seven.environment_id, "b" * 64, models, settings)

    cloud.submit_model_test(request)

    job = place.get("test", f"jobs/{request.job_name}")["properties"]
    inputs = job["jobs"]["models_0001"]["inputs"]
    assert [inputs[f"sample_{number}"] for number in (1, 2)] == [
        {"job_input_type": "uri_file", "uri": f"{root}/P001/C000.csv"},
        {"job_input_type": "uri_file", "uri": f"{root}/P001/C001.csv"},
    ]


def test_a_model_that_is_not_in_test_is_not_submitted_and_failed_with_that_reason(
    cloud: AzureCloud, place: "Place", at_once: None
) -> None:
    del at_once
    for ref in MODELS[1:]:
        place.model("test", *ref)
    request = make(place)

    found = judged(cloud, request)

    assert found.why == "1 of 7 models did not pass"
    assert found.failures[0].why == (
        "sensor-00:5 is not in the test workspace; whoever trains the model can put it there"
    )
    job = place.get("test", f"jobs/{request.job_name}")["properties"]
    assert job["jobs"]["models_0001"]["inputs"]["models"]["value"] == "sensor-01:5,sensor-02:5"


def test_without_any_model_in_test_nothing_is_submitted(
    cloud: AzureCloud, place: "Place", at_once: None
) -> None:
    del at_once
    request = make(place)
    mark = place.mark()

    with pytest.raises(UserError) as refused:
        cloud.submit_model_test(request)

    assert refused.value.refusal.code == "MODELS_NOT_IN_TEST"
    assert not [line for line in place.requests(mark) if line.startswith("PUT")]


def test_without_its_sample_data_no_model_passes(
    cloud: AzureCloud, place: "Place", request_of_seven: ModelTestRequest
) -> None:
    del request_of_seven
    request = make(place, sample_data="azureml:absent:1")

    with pytest.raises(UserError) as refused:
        cloud.submit_model_test(request)

    assert "the sample data of sensor-00:5 is not in" in refused.value.refusal.facts[0]


def test_a_failing_model_is_told_with_its_log(
    cloud: AzureCloud, place: "Place", request_of_seven: ModelTestRequest
) -> None:
    place.sandbox.script(failing_models=["sensor-04"])

    found = judged(cloud, request_of_seven)

    assert [failure.ref for failure in found.failures] == [("sensor-04", "5")]
    assert found.failures[0].log_tail == "sensor-04: scripted failure"


def test_the_last_line_of_a_failing_models_log_is_the_reason(
    cloud: AzureCloud, place: "Place", request_of_seven: ModelTestRequest
) -> None:
    log = "Traceback (most recent call last):\nOSError: No space left on device"
    place.sandbox.script(failing_models=["sensor-04"], failure_log=log)

    found = judged(cloud, request_of_seven)

    assert found.failures[0].why == "OSError: No space left on device"
    assert found.failures[0].log_tail == log


def test_a_model_without_a_result_did_not_pass(
    cloud: AzureCloud, place: "Place", request_of_seven: ModelTestRequest
) -> None:
    place.sandbox.script(missing_models=["sensor-04"])

    found = judged(cloud, request_of_seven)

    assert [(failure.ref, failure.why) for failure in found.failures] == [
        (("sensor-04", "5"), "no result")
    ]


def test_a_model_that_predicts_otherwise_than_in_production_did_not_pass(
    cloud: AzureCloud, place: "Place", request_of_seven: ModelTestRequest
) -> None:
    place.sandbox.script(differing_models=["sensor-04"])

    found = judged(cloud, request_of_seven)

    assert [failure.why for failure in found.failures] == ["row 1 differs from the baseline by 1"]


def test_a_baseline_that_failed_fails_its_model_and_says_so(
    cloud: AzureCloud, place: "Place", request_of_seven: ModelTestRequest
) -> None:
    place.sandbox.script(failing_baselines=["sensor-04"])

    found = judged(cloud, request_of_seven)

    assert [failure.why for failure in found.failures] == [
        "the baseline itself failed: the sandbox's script says that this model fails"
    ]


@pytest.mark.parametrize(
    ("image", "steps"),
    [
        pytest.param("mcr.example/base:1", 2, id="the same"),
        pytest.param("mcr.example/base:2", 1, id="another of that name"),
    ],
)
def test_a_baseline_runs_on_what_production_made_anew_from_the_registry(
    cloud: AzureCloud,
    place: "Place",
    request_of_seven: ModelTestRequest,
    image: str,
    steps: int,
) -> None:
    elsewhere = place.environment("production", "1.4.0", image=image)
    place.environment("dev", "1.4.0")
    cloud.share("custom-tf-env", "1.4.0", as_version="1.4.0")
    models = [in_production(MODELS[0], elsewhere)]
    request = make_request(
        request_of_seven.environment_id, "b" * 64, models, request_of_seven.settings
    )

    assert run(cloud, request).total == steps


def test_an_old_environment_that_test_does_not_have_fails_its_models(
    cloud: AzureCloud, place: "Place", request_of_seven: ModelTestRequest
) -> None:
    elsewhere = f"{place.path('production')}/environments/custom-tf-env/versions/1.4.0"
    models = [in_production(MODELS[0], elsewhere)]
    request = make_request(
        request_of_seven.environment_id, "b" * 64, models, request_of_seven.settings
    )

    state = run(cloud, request)
    found = verdict(request, state, cloud.model_results(request), [])

    assert state.total == 1
    assert found.failures[0].why.startswith(
        "the baseline itself failed: the environment that production runs is not in the test"
    )


@pytest.mark.parametrize(
    ("baseline", "steps"),
    [pytest.param("optional", 6, id="optional"), pytest.param("none", 3, id="none")],
)
def test_the_platform_may_do_without_a_baseline(
    cloud: AzureCloud, place: "Place", request_of_seven: ModelTestRequest, baseline: str, steps: int
) -> None:
    del request_of_seven
    place.sandbox.script(failing_baselines=["sensor-04"])
    request = make(place, baseline=baseline)

    assert judged(cloud, request).passed
    state = cloud.job("test", request.job_name)
    assert state
    assert state.total == steps


def test_a_second_attempt_finds_the_baseline_scored(
    cloud: AzureCloud, place: "Place", request_of_seven: ModelTestRequest
) -> None:
    run(cloud, request_of_seven)
    again = make(place, attempt=2)

    assert judged(cloud, again).passed

    assert reused(place, again) == {f"baseline_000{number}" for number in (1, 2, 3)}


def test_what_lies_at_a_path_can_change_so_its_baseline_is_scored_again(
    cloud: AzureCloud, place: "Place", request_of_seven: ModelTestRequest
) -> None:
    del request_of_seven
    path = "azureml://datastores/workspaceblobstore/paths/sample.csv"
    run(cloud, make(place, sample_data=path))

    again = make(place, sample_data=path, attempt=2)
    run(cloud, again)

    assert reused(place, again) == set()


def reused(place: "Place", request: ModelTestRequest) -> set[str]:
    runs = f"/history/v1.0{place.path('test')}/runs/{request.job_name}/children"
    children = place.sandbox.call("GET", runs, **{"api-version": "v1.0"})["value"]
    return {one["displayName"] for one in children if one["properties"].get("azureml.isreused")}


def test_a_step_that_dies_hides_no_other_and_is_not_repeated(
    cloud: AzureCloud, place: "Place", request_of_seven: ModelTestRequest
) -> None:
    place.sandbox.script(crashing_models=["sensor-01"])

    state = run(cloud, request_of_seven)
    results = cloud.model_results(request_of_seven)

    assert state.status == "failed"
    assert [result.model for result in results] == [f"sensor-{n:02}" for n in (3, 4, 5, 6)]
    assert cloud.retry_model_test(request_of_seven) == 0


def test_steps_that_azure_lost_are_submitted_again_and_nothing_else(
    cloud: AzureCloud, place: "Place", request_of_seven: ModelTestRequest
) -> None:
    place.sandbox.script(lost_models=["sensor-01"])
    first = run(cloud, request_of_seven)

    assert cloud.retry_model_test(request_of_seven) == 1

    found, state = judged(cloud, request_of_seven), cloud.job("test", request_of_seven.job_name)
    assert (first.status, found.passed) == ("failed", True)
    assert state
    assert (state.name, state.retries) == (f"{request_of_seven.job_name}-r1", 1)
    assert set(place.get("test", f"jobs/{state.name}")["properties"]["jobs"]) == {"models_0001"}


def test_lost_steps_are_submitted_again_twice_at_most(
    cloud: AzureCloud, place: "Place", request_of_seven: ModelTestRequest
) -> None:
    place.sandbox.script(lost_models=["sensor-01"] * 6)  # its baseline too, each time
    run(cloud, request_of_seven)

    counted = []
    for _ in range(3):
        counted.append(cloud.retry_model_test(request_of_seven))
        run(cloud, request_of_seven)

    assert counted == [1, 2, 0]
    assert not judged(cloud, request_of_seven).passed


def test_a_model_that_failed_is_not_tested_again_with_the_lost_ones(
    cloud: AzureCloud, place: "Place", request_of_seven: ModelTestRequest
) -> None:
    place.sandbox.script(lost_models=["sensor-01"], failing_models=["sensor-04"])
    run(cloud, request_of_seven)
    cloud.retry_model_test(request_of_seven)
    place.sandbox.script(failing_models=[])

    found = judged(cloud, request_of_seven)

    assert [failure.model for failure in found.failures] == ["sensor-04"]
    assert cloud.retry_model_test(request_of_seven) == 0


def test_a_running_job_says_how_far_it_is_by_one_list(
    cloud: AzureCloud, place: "Place", request_of_seven: ModelTestRequest
) -> None:
    place.sandbox.script(job_seconds=60.0)
    cloud.submit_model_test(request_of_seven)
    mark = place.mark()

    state = cloud.job("test", request_of_seven.job_name)

    assert state
    assert (state.status, state.done, state.total, state.ended_at) == ("running", 0, 6, None)
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


def test_the_steps_of_every_page_are_read(
    cloud: AzureCloud, place: "Place", request_of_seven: ModelTestRequest
) -> None:
    place.sandbox.script(page_size=2)

    found = judged(cloud, request_of_seven)
    place.sandbox.script(page_size=30)

    assert (found.passed, found.tested, found.total) == (True, 7, 7)

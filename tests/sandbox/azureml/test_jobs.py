import json
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from azure.ai.ml import Input, Output, command
from azure.ai.ml.dsl import pipeline
from azure.ai.ml.entities import PipelineJob, PipelineJobSettings
from azure.ai.ml.exceptions import JobException
from azure.core.exceptions import HttpResponseError, ResourceNotFoundError

DEADLINE_SECONDS = 20.0
# azure-ai-ml 1.35.2 hands the storage client what that client no longer wants.
pytestmark = [
    pytest.mark.filterwarnings("ignore:The use of a 'BlobProperties' instance:DeprecationWarning"),
    pytest.mark.filterwarnings("ignore:content_as_bytes is deprecated:DeprecationWarning"),
]


def model_test(place: Any, folder: Path, name: str = "compat-1", model: str = "") -> PipelineJob:
    """Return a pipeline of two steps, models m1 and m2 in the first, m3 in the second."""
    mounts = {"model": Input(type="custom_model", path=model)} if model else {}
    code = folder / "program"
    code.mkdir(exist_ok=True)
    (code / "model_test.py").write_text("print('tested')\n")
    step = command(
        name="model_test",
        code=str(code),
        command="python model_test.py --results ${{outputs.results}} --models ${{inputs.models}}",
        environment=place.environment("1.5.0", "test").id,
        outputs={"results": Output(type="uri_folder")},
        inputs={"models": Input(type="string"), **mounts},
    )

    @pipeline(name=name)  # type: ignore[call-overload, untyped-decorator]  # the SDK's overloads ask for a function first
    def test_models() -> None:
        for number, names in enumerate((("m1", "m2"), ("m3",)), start=1):
            node = step(models=",".join(f"{name}:5" for name in names))
            node.name = f"models_{number}"

    job: PipelineJob = test_models()
    job.name, job.experiment_name = name, "model-tests"
    job.settings = PipelineJobSettings(default_compute="cpu-cluster", continue_on_step_failure=True)
    return job


def wait_for(client: Any, name: str) -> Any:
    deadline = time.monotonic() + DEADLINE_SECONDS
    # The SDK's status is a string and an enumeration at once: equal to the plain word.
    while (status := client.jobs.get(name).status) not in {"Completed", "Failed", "Canceled"}:
        assert time.monotonic() < deadline, status
        time.sleep(0.02)
    return status


def results(client: Any, name: str, folder: Path) -> dict[str, Mapping[str, Any]]:
    for child in client.jobs.list(parent_job_name=name):
        client.jobs.download(child.name, download_path=folder / child.name, output_name="results")
    found = [json.loads(path.read_bytes()) for path in sorted(folder.rglob("*.json"))]
    return {result["name"]: result for result in found}


@pytest.fixture
def at_once(script: Callable[..., None]) -> Callable[..., None]:
    """Let jobs take no time; return the setter of the script."""
    script(job_queue_seconds=0, job_seconds=0)
    return script


@pytest.mark.usefixtures("at_once")
def test_a_model_test_leaves_one_result_for_every_model(place: Any, tmp_path: Path) -> None:
    client = place.client("test")
    client.jobs.create_or_update(model_test(place, tmp_path))

    assert wait_for(client, "compat-1") == "Completed"

    found = results(client, "compat-1", tmp_path / "down")
    assert {name: (each["version"], each["passed"]) for name, each in found.items()} == {
        "m1": ("5", True),
        "m2": ("5", True),
        "m3": ("5", True),
    }


def test_a_model_fails_where_the_script_says_so(
    place: Any, tmp_path: Path, at_once: Callable[..., None]
) -> None:
    at_once(failing_models=["m2:5"])
    client = place.client("test")
    client.jobs.create_or_update(model_test(place, tmp_path))

    found = results(client, "compat-1", tmp_path / "down")

    assert {name: each["passed"] for name, each in found.items()} == {
        "m1": True,
        "m2": False,
        "m3": True,
    }
    assert found["m2"]["why"]


def test_a_model_leaves_no_result_where_the_script_says_so(
    place: Any, tmp_path: Path, at_once: Callable[..., None]
) -> None:
    at_once(missing_models=["m1"])
    client = place.client("test")
    client.jobs.create_or_update(model_test(place, tmp_path))

    assert wait_for(client, "compat-1") == "Completed"

    assert set(results(client, "compat-1", tmp_path / "down")) == {"m2", "m3"}


def test_a_crashing_step_fails_the_job_and_leaves_the_other_steps_results(
    place: Any, tmp_path: Path, at_once: Callable[..., None]
) -> None:
    at_once(crashing_models=["m1"])
    client = place.client("test")
    client.jobs.create_or_update(model_test(place, tmp_path))

    assert wait_for(client, "compat-1") == "Failed"

    children = {
        child.display_name: child.status for child in client.jobs.list(parent_job_name="compat-1")
    }
    assert children == {"models_1": "Failed", "models_2": "Completed"}
    assert set(results(client, "compat-1", tmp_path / "down")) == {"m3"}


def test_a_job_runs_before_it_has_ended_and_its_steps_end_one_after_the_other(
    place: Any, tmp_path: Path, script: Callable[..., None]
) -> None:
    script(job_queue_seconds=0, job_seconds=3600)
    client = place.client("test")

    client.jobs.create_or_update(model_test(place, tmp_path))

    assert client.jobs.get("compat-1").status == "Running"
    child = next(iter(client.jobs.list(parent_job_name="compat-1")))
    with pytest.raises(JobException, match="Download is allowed only in states"):
        client.jobs.download(child.name, download_path=tmp_path / "down", output_name="results")


def test_a_job_waits_in_the_queue_first(
    place: Any, tmp_path: Path, script: Callable[..., None]
) -> None:
    script(job_queue_seconds=3600)
    client = place.client("test")

    assert client.jobs.create_or_update(model_test(place, tmp_path)).status == "NotStarted"


@pytest.mark.usefixtures("at_once")
def test_a_job_submitted_again_is_the_same_job(place: Any, tmp_path: Path) -> None:
    client = place.client("test")
    client.jobs.create_or_update(model_test(place, tmp_path))
    before = [child.name for child in client.jobs.list(parent_job_name="compat-1")]

    client.jobs.create_or_update(model_test(place, tmp_path))

    assert [child.name for child in client.jobs.list(parent_job_name="compat-1")] == before


def test_a_canceled_job_ends_with_what_has_not_ended(
    place: Any, tmp_path: Path, script: Callable[..., None]
) -> None:
    script(job_seconds=3600)
    client = place.client("test")
    client.jobs.create_or_update(model_test(place, tmp_path))

    client.jobs.begin_cancel("compat-1").result()

    assert client.jobs.get("compat-1").status == "Canceled"
    children = client.jobs.list(parent_job_name="compat-1")
    assert {child.status for child in children} == {"Canceled"}


@pytest.mark.usefixtures("at_once")
def test_the_log_of_a_job_is_streamed(
    place: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    client = place.client("test")
    client.jobs.create_or_update(model_test(place, tmp_path))

    client.jobs.stream("compat-1")

    assert "RunId: compat-1" in capsys.readouterr().out


@pytest.mark.usefixtures("at_once")
def test_the_log_of_a_step_is_downloaded(place: Any, tmp_path: Path) -> None:
    client = place.client("test")
    client.jobs.create_or_update(model_test(place, tmp_path))
    child = next(iter(client.jobs.list(parent_job_name="compat-1")))

    client.jobs.download(child.name, download_path=tmp_path / "down")

    log = tmp_path / "down" / "artifacts" / "user_logs" / "std_log.txt"
    assert "m1:5: passed" in log.read_text()


@pytest.mark.usefixtures("at_once")
def test_an_environment_that_is_not_there_fails_the_submission(place: Any, tmp_path: Path) -> None:
    job = model_test(place, tmp_path)
    absent = f"{place.path('test')}/environments/custom-tf-env/versions/99"
    for node in job.jobs.values():
        node.component.environment = absent

    with pytest.raises(HttpResponseError, match="The specified resource was not found"):
        place.client("test").jobs.create_or_update(job)


@pytest.mark.usefixtures("at_once")
def test_a_single_command_runs_as_a_job(place: Any) -> None:
    client = place.client("test")
    job = command(
        name="build-1",
        command="python -c 'import scoring'",
        environment=place.environment("1.5.0", "test").id,
        compute="cpu-cluster",
    )

    client.jobs.create_or_update(job)

    assert wait_for(client, "build-1") == "Completed"


@pytest.mark.usefixtures("at_once")
def test_jobs_are_listed_newest_first(place: Any, tmp_path: Path) -> None:
    client = place.client("test")
    for name in ("compat-1", "compat-2"):
        client.jobs.create_or_update(model_test(place, tmp_path, name))

    assert [job.name for job in client.jobs.list()] == ["compat-2", "compat-1"]


def test_a_job_that_was_never_submitted_is_not_found(place: Any) -> None:
    with pytest.raises(ResourceNotFoundError, match="compat-9"):
        place.client("test").jobs.get("compat-9")


@pytest.mark.usefixtures("at_once")
def test_an_equal_step_of_a_later_job_is_not_run_again(place: Any, tmp_path: Path) -> None:
    client = place.client("test")
    for name in ("compat-1", "compat-2"):
        client.jobs.create_or_update(model_test(place, tmp_path, name))

    children = list(client.jobs.list(parent_job_name="compat-2"))

    assert {child.properties["azureml.isreused"] for child in children} == {"true"}
    assert set(results(client, "compat-2", tmp_path / "down")) == {"m1", "m2", "m3"}


@pytest.mark.usefixtures("at_once")
def test_every_step_runs_again_where_the_pipeline_says_so(place: Any, tmp_path: Path) -> None:
    client = place.client("test")
    client.jobs.create_or_update(model_test(place, tmp_path))
    again = model_test(place, tmp_path, "compat-2")
    again.settings = PipelineJobSettings(default_compute="cpu-cluster", force_rerun=True)

    client.jobs.create_or_update(again)

    children = client.jobs.list(parent_job_name="compat-2")
    assert [child.properties.get("azureml.isreused") for child in children] == [None, None]


def test_a_lost_node_fails_one_step_once(
    place: Any, tmp_path: Path, at_once: Callable[..., None]
) -> None:
    at_once(lost_models=["m1"])
    client = place.client("test")
    for name in ("compat-1", "compat-2"):
        client.jobs.create_or_update(model_test(place, tmp_path, name))

    assert [wait_for(client, name) for name in ("compat-1", "compat-2")] == ["Failed", "Completed"]
    run = next(iter(client.jobs.list(parent_job_name="compat-1"))).name
    details = place.azure.send(
        "GET", f"/history/v1.0{place.path('test')}/runs/{run}/details?api-version=v1.0"
    ).json()
    assert details["error"]["error"]["code"] == "ServiceError"


@pytest.mark.usefixtures("at_once")
def test_an_input_that_is_not_there_fails_the_submission(place: Any, tmp_path: Path) -> None:
    job = model_test(place, tmp_path, model="azureml:absent:1")

    with pytest.raises(HttpResponseError, match="The specified resource was not found"):
        place.client("test").jobs.create_or_update(job)

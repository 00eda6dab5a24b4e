"""The test of all models: one pipeline job in the test workspace, and what its steps wrote."""

import json
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from azure.ai.ml import Output, command
from azure.ai.ml.dsl import pipeline
from azure.ai.ml.entities import Job, PipelineJob, PipelineJobSettings
from azure.core.exceptions import ResourceNotFoundError

import bot
from bot.adapters.azureml.clients import Clients
from bot.adapters.azureml.failure import azure_call, is_absent
from bot.adapters.azureml.quiet import quiet_downloads, quiet_uploads
from bot.core.model_test import JobState, JobStatus, ModelRef, ModelResult, ModelTestRequest

TEST = "test"
RESULTS = "results"
EXPERIMENT = "envbot-model-tests"
_PROGRAMS = Path(bot.__file__).parent / "jobs"
# Azure ML's run states that are final; every other one, also one yet unknown, is still running.
_FINAL: Mapping[str, JobStatus] = {
    "Completed": "completed",
    "Failed": "failed",
    "Canceled": "canceled",
}
_STAGES = "azureml.pipelines.stages"
_LARGEST_RESULT = 1024 * 1024
_LONGEST = 4000


class ModelTests:
    """Submits, watches and reads model tests."""

    def __init__(self, clients: Clients) -> None:
        self._clients = clients

    def submit(self, request: ModelTestRequest) -> str:
        """Return the name of the request's job, submitted now or by an earlier run."""
        if self._job(TEST, request.job_name) is not None:
            return request.job_name
        what = f"submitting model test {request.job_name}"
        with azure_call(what, sent="the job may have been submitted"), quiet_uploads():
            self._clients.client(TEST).jobs.create_or_update(_pipeline(request))
        return request.job_name

    def state(self, stage: str, name: str) -> JobState | None:
        """Return where a job is by one read and one list of its steps; None when there is none."""
        job = self._job(stage, name)
        if job is None:
            return None
        status = _FINAL.get(job.status or "", "running")
        steps = len(job.jobs) if isinstance(job, PipelineJob) else 0
        done = steps if status == "completed" else 0
        if steps and status != "completed":
            done = sum(1 for child in self._children(stage, name) if child.status in _FINAL)
        started, ended = _times(job)
        return JobState(name, status, started, ended, done, steps)

    def results(self, request: ModelTestRequest) -> tuple[ModelResult, ...]:
        """Return what the finished steps wrote, sorted; what cannot be read is left out.

        A model without a readable result is the caller's to notice: it did not pass.
        """
        found: list[ModelResult] = []
        with tempfile.TemporaryDirectory(prefix="envbot-results-") as folder:
            for child in self._children(TEST, request.job_name):
                if child.status in _FINAL:
                    target = Path(folder) / str(child.name)
                    found.extend(self._results_of(str(child.name), target))
        return tuple(sorted(found))

    def _job(self, stage: str, name: str) -> Job | None:
        with azure_call(f"reading job {name} of {stage}"):
            try:
                job: Job = self._clients.client(stage).jobs.get(name)
            except ResourceNotFoundError as error:
                if is_absent(error):
                    return None
                raise
        return job

    def _children(self, stage: str, name: str) -> tuple[Job, ...]:
        with azure_call(f"listing the steps of job {name} of {stage}"):
            children = self._clients.client(stage).jobs.list(parent_job_name=name)
            return tuple(child for child in children if child is not None)

    def _results_of(self, step: str, target: Path) -> Iterator[ModelResult]:
        with azure_call(f"downloading the results of step {step}"), quiet_downloads():
            jobs_of_test = self._clients.client(TEST).jobs
            jobs_of_test.download(step, download_path=target, output_name=RESULTS)
        for path in sorted(target.rglob("*.json")):
            if path.stat().st_size <= _LARGEST_RESULT:
                yield from parse_results(path.read_bytes())


def parse_results(data: bytes) -> Iterator[ModelResult]:
    """Yield the results in one file of a step; whatever has not their shape is left out."""
    try:
        content = json.loads(data)
    except ValueError:
        return
    for item in content if isinstance(content, list) else [content]:
        if result := _result(item):
            yield result


def _result(item: object) -> ModelResult | None:
    match item:
        case {"name": str(name), "version": str(version), "passed": bool(passed), **rest}:
            why, tail = str(rest.get("why", "")), str(rest.get("log_tail", ""))
            return ModelResult(name, version, passed, why[:_LONGEST], tail[-_LONGEST:])
    return None


def _pipeline(request: ModelTestRequest) -> PipelineJob:
    """Return one pipeline whose steps share one component and differ by the models they test.

    The environment is written into the component: Azure ML does not resolve one that is given as
    a pipeline input (azureml-examples#2431).
    """
    step = command(
        name="model_test",
        code=str(_PROGRAMS),
        command=f"python model_test.py --results ${{{{outputs.{RESULTS}}}}}",
        environment=request.environment_id,
        outputs={RESULTS: Output(type="uri_folder")},
        environment_variables=_variables(request, ()),
    )

    def test_models() -> None:
        for number, models in enumerate(request.steps, start=1):
            node = step()
            node.name = f"models_{number:04d}"
            node.environment_variables = _variables(request, models)

    job: PipelineJob = pipeline(test_models, name=request.job_name)()
    job.name, job.experiment_name = request.job_name, EXPERIMENT
    job.settings = PipelineJobSettings(
        default_compute=request.compute, continue_on_step_failure=True, force_rerun=True
    )
    return job


def _variables(request: ModelTestRequest, models: Iterable[ModelRef]) -> dict[str, str]:
    listed = [model._asdict() for model in models]
    return {
        "ENVBOT_MODELS": json.dumps(listed, separators=(",", ":")),
        "ENVBOT_SAMPLE_DATA": request.sample_data,
        "ENVBOT_TOLERANCE": repr(request.tolerance),
    }


def _times(job: Job) -> tuple[datetime | None, datetime | None]:
    """Return when the job began and ended, as the service recorded it.

    The end stands only in the run's stages; a job that has none yet began when it was created.
    """
    created = job.creation_context.created_at if job.creation_context else None
    stage = _execution(job)
    started = _time(stage.get("StartTime")) or _time(created)
    return started, _time(stage.get("EndTime"))


def _execution(job: Job) -> Mapping[str, Any]:
    try:
        stages = json.loads((job.properties or {}).get(_STAGES) or "{}")
    except ValueError:
        return {}
    found = stages.get("Execution") if isinstance(stages, dict) else None
    return found if isinstance(found, dict) else {}


def _time(value: object) -> datetime | None:
    if isinstance(value, datetime):
        return value if value.tzinfo else None
    try:
        time = datetime.fromisoformat(str(value))
    except ValueError:
        return None
    return time if time.tzinfo else None

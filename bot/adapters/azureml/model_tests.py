"""The test of all models: one pipeline job in the test workspace, and what its steps wrote."""

import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from azure.ai.ml.entities import Job, PipelineJob
from azure.core.exceptions import ResourceNotFoundError

from bot.adapters.azureml.clients import Clients
from bot.adapters.azureml.failure import azure_call, is_absent
from bot.adapters.azureml.job_states import has_ended, job_state
from bot.adapters.azureml.model_inputs import TEST, ModelInputs
from bot.adapters.azureml.model_scores import parse_scores
from bot.adapters.azureml.quiet import quiet_downloads, quiet_uploads
from bot.adapters.azureml.run_history import RunHistory
from bot.adapters.azureml.test_pipeline import RESULTS, from_tags, make_pipeline
from bot.core.baseline import Score, judge_scores, score_of_absent
from bot.core.model_test import JobState, ModelResult
from bot.core.model_test_request import INFRASTRUCTURE_RETRIES, ModelTestRequest, Step
from bot.core.refusal import Refusal
from bot.errors import UserError

_LARGEST_RESULT = 2 * 1024 * 1024
_FACTS = 3


class ModelTests:
    """Submits, watches and reads model tests."""

    def __init__(self, clients: Clients) -> None:
        self._clients = clients
        self._inputs = ModelInputs(clients)
        self._history = RunHistory(clients, TEST)

    def submit(self, request: ModelTestRequest) -> str:
        """Return the name of the request's job, submitted now or by an earlier run.

        Raises:
            UserError: MODELS_NOT_IN_TEST, not one model can be tested; nothing was submitted.
        """
        if self._job(TEST, request.job_name) is None:
            self._submit(request, 0, (*request.steps, *request.baseline_steps))
        return request.job_name

    def retry(self, request: ModelTestRequest) -> int:
        """Submit again what Azure itself lost of an ended test, and return how often that was.

        A step counts as lost when it failed, Azure does not blame its content, and a model of it
        has no result. Returns 0 when there is none, or when it was done often enough.
        """
        jobs = self._chain(request.job_name)
        if not jobs or len(jobs) > INFRASTRUCTURE_RETRIES or not has_ended(jobs[-1]):
            return 0
        lost = tuple(self._lost(request, str(jobs[-1].name)))
        if not lost:
            return 0
        self._submit(request, len(jobs), lost)
        return len(jobs)

    def state(self, stage: str, name: str) -> JobState | None:
        """Return where a job is by one read and one list of its steps; None when there is none.

        Of a test whose lost steps were submitted again, it is the state of the last submission.
        """
        jobs = self._chain(name) if stage == TEST else [self._job(stage, name)]
        job = jobs[-1] if jobs else None
        if job is None:
            return None
        steps = len(job.jobs) if isinstance(job, PipelineJob) else 0
        done = steps if job.status == "Completed" else 0
        if steps and job.status != "Completed":
            done = sum(1 for step in self._history.steps(str(job.name)) if has_ended(step))
        return job_state(job, done, steps, retries=len(jobs) - 1)

    def results(self, request: ModelTestRequest) -> tuple[ModelResult, ...]:
        """Return one result for each model that the ended steps scored, sorted.

        What cannot be read is left out: a model without a readable result is the caller's to
        notice, it did not pass. Models that could not be submitted have a result that says why.
        """
        scores: list[Score] = []
        for job in self._chain(request.job_name):
            for why, refs in from_tags(job.tags or {}).items():
                scores += [score_of_absent(why, ref, request.settings) for ref in refs]
            scores += self._scores(str(job.name))
        return judge_scores(scores, request.settings)

    def _submit(self, request: ModelTestRequest, number: int, steps: tuple[Step, ...]) -> None:
        name = request.name_of_retry(number)
        found = self._inputs.find(request, steps)
        if not found.inputs:
            scores = [
                score_of_absent(why, ref, request.settings)
                for why, refs in found.absent.items()
                for ref in refs
            ]
            raise UserError(_nothing_to_submit([score.result.why for score in scores]))
        job = make_pipeline(request, name, found)
        what = f"submitting model test {name}"
        with azure_call(what, sent="the job may have been submitted"), quiet_uploads():
            self._clients.client(TEST).jobs.create_or_update(job)

    def _lost(self, request: ModelTestRequest, name: str) -> Iterator[Step]:
        steps = {step.name: step for step in (*request.steps, *request.baseline_steps)}
        for child in self._history.steps(name):
            step = steps.get(child.step)
            if step is None or child.status == "Completed":
                continue
            with quiet_downloads():
                scored = {score.result.ref for score in self._scores_of(child.run)}
            models = tuple(model for model in step.models if model.ref not in scored)
            if models and self._history.why(child.run).is_infrastructure:
                yield step._replace(models=models)

    def _chain(self, name: str) -> list[Job]:
        """Return the job and what was submitted after it for steps that Azure lost."""
        jobs: list[Job] = []
        for number in range(INFRASTRUCTURE_RETRIES + 1):
            job = self._job(TEST, f"{name}-r{number}" if number else name)
            if job is None:
                break
            jobs.append(job)
            if job.status != "Failed":
                break
        return jobs

    def _job(self, stage: str, name: str) -> Job | None:
        with azure_call(f"reading job {name} of {stage}"):
            try:
                job: Job = self._clients.client(stage).jobs.get(name)
            except ResourceNotFoundError as error:
                if is_absent(error):
                    return None
                raise
        return job

    def _scores(self, name: str) -> Iterator[Score]:
        ended = [child.run for child in self._history.steps(name) if has_ended(child)]
        workers = self._clients.settings.workers
        with quiet_downloads(), ThreadPoolExecutor(max_workers=workers) as pool:
            for scores in pool.map(self._scores_of, ended):
                yield from scores

    def _scores_of(self, step: str) -> list[Score]:
        """Return what one step wrote."""
        with tempfile.TemporaryDirectory(prefix="envbot-results-") as folder:
            with azure_call(f"downloading the results of step {step}"):
                jobs = self._clients.client(TEST).jobs
                jobs.download(step, download_path=folder, output_name=RESULTS)
            return list(_scores_in(Path(folder)))


def _scores_in(folder: Path) -> Iterator[Score]:
    for path in sorted(folder.rglob("*.json")):
        if path.stat().st_size <= _LARGEST_RESULT:
            yield from parse_scores(path.read_bytes())


def _nothing_to_submit(reasons: list[str]) -> Refusal:
    more = [f"The same holds for {len(reasons) - _FACTS} more models."]
    return Refusal(
        code="MODELS_NOT_IN_TEST",
        headline="not one production model can be tested",
        facts=(*reasons[:_FACTS], *(more if len(reasons) > _FACTS else ())),
        resolver="whoever trains the models",
        next="/promote registry",
    )

"""The job in dev that runs an evidence notebook, and what Azure's interface says about it."""

import secrets
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path

import msgspec
from azure.ai.ml import Output, command
from azure.ai.ml.constants import AssetTypes
from azure.ai.ml.entities import Command, CommandJobLimits, Job
from azure.core.exceptions import ResourceNotFoundError

import bot
from bot.adapters.azureml.clients import Clients
from bot.adapters.azureml.failure import azure_call, is_absent
from bot.adapters.azureml.job_states import has_ended, job_state
from bot.adapters.azureml.quiet import quiet_downloads, quiet_uploads
from bot.core.evidence.evidence_run import (
    EXECUTED,
    NOTEBOOK,
    OUTPUT,
    PROGRAM,
    REQUEST,
    RESULT,
    EvidenceRecord,
    EvidenceRequest,
)

DEV = "dev"
EXPERIMENT = "envbot-evidence"
_PROGRAM = Path(bot.__file__).parent / "jobs" / PROGRAM
_SECONDS = 3600
_LARGEST = 4 * 1024 * 1024


class EvidenceJobs:
    """Submits runs of notebooks, and reads how they went."""

    def __init__(self, clients: Clients) -> None:
        self._clients = clients

    def submit(self, request: EvidenceRequest) -> str:
        """Return the name of the request's job, submitted now or by an earlier run.

        Each submission has a nonce of its own, kept nowhere but in the job's record.
        """
        name = request.job_name
        if self._job(name) is not None:
            return name
        with tempfile.TemporaryDirectory(prefix="envbot-evidence-") as folder:
            _write_code(Path(folder), request)
            job = _job(request, folder, secrets.token_hex(16))
            what = f"submitting evidence run {name} to compute {request.compute}"
            with azure_call(what, sent="the job may have been submitted"), quiet_uploads():
                self._clients.client(DEV).jobs.create_or_update(job)
        return name

    def record(self, name: str) -> EvidenceRecord | None:
        """Return where and how a job ran, with its files once it has ended; None without one."""
        job = self._job(name)
        if job is None:
            return None
        status = job_state(job, 0, 0).status
        files = self._files(name) if has_ended(job) else {}
        if not isinstance(job, Command):
            return EvidenceRecord(name, status, files=files)
        environment, said = str(job.environment or ""), str(job.command or "")
        url = str(job.studio_url or "")
        return EvidenceRecord(name, status, environment, said, files, url)

    def _job(self, name: str) -> Job | None:
        with azure_call(f"reading job {name} of {DEV}"):
            try:
                job: Job = self._clients.client(DEV).jobs.get(name)
            except ResourceNotFoundError as error:
                if is_absent(error):
                    return None
                raise
        return job

    def _files(self, name: str) -> Mapping[str, bytes]:
        """Return the outputs that are known by name; whatever else lies there is left."""
        with tempfile.TemporaryDirectory(prefix="envbot-evidence-") as folder:
            with azure_call(f"downloading the outputs of job {name}"), quiet_downloads():
                jobs = self._clients.client(DEV).jobs
                jobs.download(name, download_path=folder, output_name=OUTPUT)
            found = {path.name: path for path in Path(folder).rglob("*") if path.is_file()}
            return {
                file: found[file].read_bytes()
                for file in (EXECUTED, RESULT)
                if file in found and found[file].stat().st_size <= _LARGEST
            }


def _write_code(folder: Path, request: EvidenceRequest) -> None:
    shutil.copy(_PROGRAM, folder / PROGRAM)
    (folder / NOTEBOOK).write_bytes(request.notebook)
    (folder / REQUEST).write_bytes(msgspec.json.encode({"predictions": request.predictions}))


def _job(request: EvidenceRequest, code: str, nonce: str) -> Job:
    job: Command = command(
        name=request.job_name,
        code=code,
        command=request.command(nonce),
        outputs={OUTPUT: Output(type=AssetTypes.URI_FOLDER)},
        environment=f"{request.environment}:{request.version}",
        compute=request.compute,
        experiment_name=EXPERIMENT,
        display_name=f"{request.environment}:{request.version}",
    )
    job.limits = CommandJobLimits(timeout=_SECONDS)
    return job

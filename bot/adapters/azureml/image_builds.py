"""The job in dev that builds a candidate's image, and what any job of dev left in its log."""

import shlex
import tempfile
from collections.abc import Sequence
from pathlib import Path

from azure.ai.ml import command
from azure.ai.ml.entities import Job
from azure.core.exceptions import ResourceNotFoundError

import bot
from bot.adapters.azureml.clients import Clients
from bot.adapters.azureml.failure import azure_call, is_absent
from bot.adapters.azureml.quiet import quiet_downloads, quiet_uploads
from bot.core.image_build import ImageBuild

DEV = "dev"
EXPERIMENT = "envbot-image-builds"
_PROGRAMS = Path(bot.__file__).parent / "jobs"
# Azure ML's names of the log of a build and of what the program said; the first there is counts.
_LOGS = ("*image_build_log*", "*std_log*", "*stderr*", "*stdout*", "*.txt", "*.log")
_LAST_BYTES = 16 * 1024


class ImageBuilds:
    """Submits builds and reads logs."""

    def __init__(self, clients: Clients) -> None:
        self._clients = clients

    def submit(self, build: ImageBuild) -> str:
        """Return the name of the build's job, submitted now or by an earlier run."""
        jobs = self._clients.client(DEV).jobs
        if self._exists(build.job_name):
            return build.job_name
        what = f"submitting image build {build.job_name} to compute {build.compute}"
        with azure_call(what, sent="the job may have been submitted"), quiet_uploads():
            jobs.create_or_update(_job(build))
        return build.job_name

    def log(self, name: str) -> str:
        """Return the end of a job's log, untrusted text; empty where there is none to read.

        A build that failed has a log of its own, which says more than the job's.
        """
        with tempfile.TemporaryDirectory(prefix="envbot-log-") as folder:
            with azure_call(f"downloading the log of job {name}"), quiet_downloads():
                self._clients.client(DEV).jobs.download(name, download_path=folder)
            found = [path for path in sorted(Path(folder).rglob("*")) if path.is_file()]
            return _end_of(found)

    def _exists(self, name: str) -> bool:
        with azure_call(f"reading job {name} of {DEV}"):
            try:
                self._clients.client(DEV).jobs.get(name)
            except ResourceNotFoundError as error:
                if is_absent(error):
                    return False
                raise
        return True


def _job(build: ImageBuild) -> Job:
    words = " ".join(shlex.quote(word) for word in ("image_probe.py", *build.imports))
    job: Job = command(
        name=build.job_name,
        code=str(_PROGRAMS),
        command=f"python {words}",
        environment=f"{build.environment}:{build.version}",
        compute=build.compute,
        experiment_name=EXPERIMENT,
        display_name=f"{build.environment}:{build.version}",
    )
    return job


def _end_of(files: Sequence[Path]) -> str:
    for pattern in _LOGS:
        for path in files:
            if path.match(pattern) and (text := _last(path)).strip():
                return text
    return ""


def _last(path: Path) -> str:
    with path.open("rb") as file:
        size = file.seek(0, 2)
        file.seek(max(0, size - _LAST_BYTES))
        return file.read().decode("utf-8", "replace")

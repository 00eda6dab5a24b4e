"""Azure's record of a job as the bot's `JobState`."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from azure.ai.ml.entities import Job

from bot.adapters.azureml.run_history import StepRun
from bot.core.model_test import JobState, JobStatus

# Azure ML's run states that are final; every other one, also one yet unknown, is still running.
_FINAL: Mapping[str, JobStatus] = {
    "Completed": "completed",
    "Failed": "failed",
    "Canceled": "canceled",
}
_STAGES = "azureml.pipelines.stages"


def has_ended(run: Job | StepRun) -> bool:
    """Tell whether nothing more will happen to a job or step."""
    return run.status in _FINAL


def job_state(job: Job, done: int, steps: int, *, retries: int = 0) -> JobState:
    """Return where a job is."""
    started, ended = _times(job)
    status = _FINAL.get(job.status or "", "running")
    return JobState(str(job.name), status, started, ended, done, steps, retries)


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

"""The deployment that GitHub records for a job in an environment."""

from collections.abc import Iterator
from contextlib import contextmanager

from bot.sandbox.github.accounts import ACTIONS_BOT, Caller
from bot.sandbox.github.actions.records import Run
from bot.sandbox.github.actions.workflow import JobSpec
from bot.sandbox.github.hub import Hub
from bot.sandbox.github.statuses import add_deployment, add_deployment_status


@contextmanager
def deployment(hub: Hub, run: Run, job: JobSpec) -> Iterator[list[str]]:
    """Record the deployment of a job in an environment; the block fills in its last state."""
    states = ["failure"]
    if not job.environment:
        yield states
        return
    caller = Caller(ACTIONS_BOT)
    repository = run.event.repository
    asked = {
        "ref": run.event.sha,
        "environment": job.environment,
        "required_contexts": [],
        "payload": {"run": run.id, "job": job.id},
    }
    row = add_deployment(hub, repository, caller, asked)
    log = f"{hub.url}/{repository.full_name}/actions/runs/{run.id}"
    add_deployment_status(hub, row, caller, {"state": "in_progress", "log_url": log})
    try:
        yield states
    finally:
        add_deployment_status(hub, row, caller, {"state": states[-1], "log_url": log})

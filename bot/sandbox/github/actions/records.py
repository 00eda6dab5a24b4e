"""Workflow runs and their jobs in the store."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.sandbox.github.actions.payloads import number_of, payload
from bot.sandbox.github.actions.workflow import Workflow
from bot.sandbox.github.hub import Event, Hub
from bot.sandbox.github.pulls import find_pull
from bot.sandbox.github.store import Row, now

_OF_PULL = ("pull_request", "pull_request_review")


@dataclass(frozen=True, slots=True)
class Run:
    """One workflow run as it was started; its state is in the store."""

    id: int
    workflow: Workflow
    event: Event
    payload: Mapping[str, Any]

    def folder(self, state: Path) -> Path:
        """Return the folder of this run's logs, summaries and outputs."""
        return state / "runs" / str(self.id)


def add_run(hub: Hub, workflow: Workflow, event: Event) -> Run:
    """Record a run that `event` starts, with the payload as of now."""
    body = payload(hub, event)
    branch, sha = _head(hub, event)
    number = hub.store.insert(
        "runs",
        repository=event.repository.id,
        workflow=workflow.path,
        name=workflow.name,
        event=event.name,
        actor=event.caller.login,
        head_branch=branch,
        head_sha=sha,
        number=number_of(event),
        status="queued",
        payload=json.dumps(body),
        created_at=now(),
        updated_at=now(),
    )
    for job in workflow.jobs:
        hub.store.insert("jobs", run=number, job=job.id, status="queued")
    return Run(number, workflow, event, body)


def add_broken_run(hub: Hub, event: Event, why: str) -> None:
    """Record that a workflow file could not be read: a run that failed at its start."""
    hub.store.insert(
        "runs",
        repository=event.repository.id,
        workflow=why.partition(":")[0],
        name=why,
        event=event.name,
        actor=event.caller.login,
        head_branch=event.repository.default_branch,
        head_sha=event.sha,
        number=number_of(event),
        status="completed",
        conclusion="startup_failure",
        payload="{}",
        created_at=now(),
        updated_at=now(),
    )


def _head(hub: Hub, event: Event) -> tuple[str, str]:
    if event.name in _OF_PULL:
        pull = find_pull(hub, event.repository, number_of(event) or 0)
        return pull["head_ref"], pull["head_sha"]
    return event.ref.removeprefix("refs/heads/"), event.sha


def start_job(hub: Hub, run: int, job: str) -> None:
    """Record that a job, and with it its run, is in progress."""
    hub.store.change(
        "UPDATE runs SET status = 'in_progress', updated_at = ? WHERE id = ?", now(), run
    )
    hub.store.change(
        "UPDATE jobs SET status = 'in_progress', started_at = ? WHERE run = ? AND job = ?",
        now(),
        run,
        job,
    )


def end_job(hub: Hub, run: int, job: str, conclusion: str, outputs: Mapping[str, str]) -> None:
    """Record how a job ended."""
    hub.store.change(
        "UPDATE jobs SET status = 'completed', conclusion = ?, outputs = ?, completed_at = ? "
        "WHERE run = ? AND job = ?",
        conclusion,
        json.dumps(dict(outputs)),
        now(),
        run,
        job,
    )


def end_run(hub: Hub, run: int, conclusion: str) -> None:
    """Record how a run ended."""
    hub.store.change(
        "UPDATE runs SET status = 'completed', conclusion = ?, updated_at = ? WHERE id = ?",
        conclusion,
        now(),
        run,
    )


def cancel_unfinished(hub: Hub) -> None:
    """Mark what an earlier process left running as cancelled, and take its tokens back."""
    for table in ("runs", "jobs"):
        hub.store.change(
            f"UPDATE {table} SET status = 'completed', conclusion = 'cancelled' "  # noqa: S608 (constants)
            "WHERE status != 'completed'"
        )
    hub.store.change("DELETE FROM tokens WHERE run IS NOT NULL")


def list_runs(hub: Hub) -> list[Row]:
    """Return every run, newest first."""
    return hub.store.rows("SELECT * FROM runs ORDER BY id DESC")


def jobs_of(hub: Hub, run: int) -> list[Row]:
    """Return the jobs of a run in the order of its file."""
    return hub.store.rows("SELECT * FROM jobs WHERE run = ? ORDER BY id", run)

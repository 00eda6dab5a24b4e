"""Events in, workflow runs out: which jobs start, in what order, and when all is quiet."""

import threading
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

from bot.sandbox.github.accounts import Caller
from bot.sandbox.github.actions import records
from bot.sandbox.github.actions.deployment import deployment
from bot.sandbox.github.actions.expression import ExpressionError, holds, insert
from bot.sandbox.github.actions.groups import Groups
from bot.sandbox.github.actions.job import JobResult, Worker
from bot.sandbox.github.actions.oidc import IdTokens
from bot.sandbox.github.actions.records import Run
from bot.sandbox.github.actions.workflow import JobSpec, WorkflowError, read_workflows
from bot.sandbox.github.hub import Event, Hub

AT_ONCE = 4
# What a job's token does starts no workflows, but for these: GitHub's rule.
_STARTED_BY_JOBS = ("workflow_dispatch", "workflow_run", "schedule")
_OK, _FAILED = "success", "failure"
_DEPLOYED = {"success": "success", "failure": "failure"}


@dataclass(slots=True)
class _ActiveRun:
    run: Run
    results: dict[str, JobResult] = field(default_factory=dict)
    begun: set[str] = field(default_factory=set)
    is_over: bool = False


@dataclass(frozen=True, slots=True)
class _Ticket:
    active: _ActiveRun
    job: JobSpec
    group: str
    contexts: dict[str, Any]


class Runner:
    """Starts the workflows of a repository's default branch.

    For `pull_request` GitHub takes the file from the pull request's merge; here it is the default
    branch's too. At most `at_once` jobs run at a time.
    """

    def __init__(
        self, hub: Hub, tokens: IdTokens, bot: Sequence[str], *, at_once: int = AT_ONCE
    ) -> None:
        records.cancel_unfinished(hub)
        self._hub = hub
        self._worker = Worker(hub, tokens, bot)
        self._ended: dict[int, _ActiveRun] = {}
        self._groups: Groups[_Ticket] = Groups()
        self._changed = threading.Condition(threading.RLock())
        self._active = 0
        self._pool = ThreadPoolExecutor(at_once, thread_name_prefix="job")
        self._is_closed = False

    def take(self, event: Event) -> None:
        """Start what `event` starts; returns once the jobs are queued."""
        if event.caller.is_job and event.name not in _STARTED_BY_JOBS:
            return
        for workflow in read_workflows(event.repository):
            if isinstance(workflow, WorkflowError):
                records.add_broken_run(self._hub, event, str(workflow))
            elif workflow.is_started_by(event):
                run = records.add_run(self._hub, workflow, event)
                with self._changed:
                    self._active += 1
                    self._advance(_ActiveRun(run))

    def run_again(self) -> int:
        """Run what failed once more, with the same payload, as "Re-run failed jobs" does.

        Returns how many runs that were. Jobs that needed a failed one run again with it. A run that
        was cancelled gave way to a newer one of its group, and has nothing to repeat.
        """
        with self._changed:
            failed = [one for one in self._ended.values() if _conclusion(one) == _FAILED]
            for active in failed:
                kept = _kept(active)
                active.results, active.begun, active.is_over = kept, set(kept), False
                self._active += 1
            for active in failed:
                self._advance(active)
        return len(failed)

    def await_quiet(self, seconds: float) -> bool:
        """Wait until no run is queued or in progress; return whether that came in time."""
        deadline = time.monotonic() + seconds
        with self._changed:
            return self._changed.wait_for(lambda: not self._active, deadline - time.monotonic())

    def close(self) -> None:
        """End the running jobs and wait for their threads."""
        with self._changed:
            self._is_closed = True
        self._worker.close()
        self._pool.shutdown(wait=True, cancel_futures=True)

    def _advance(self, active: _ActiveRun) -> None:
        """Queue the jobs whose needs have ended; end the run when none is left."""
        progress = True
        while progress:
            progress = False
            for job in active.run.workflow.jobs:
                if job.id not in active.begun and set(job.needs) <= active.results.keys():
                    active.begun.add(job.id)
                    self._queue(active, job)
                    progress = True
        if len(active.results) == len(active.run.workflow.jobs) and not active.is_over:
            active.is_over = True
            self._end_run(active)

    def _queue(self, active: _ActiveRun, job: JobSpec) -> None:
        contexts = _contexts(active, job)
        try:
            if not holds(job.condition, contexts):
                self._record(active, job, JobResult("skipped"))
                return
            group = insert(job.concurrency.group, contexts) if job.concurrency else ""
        except ExpressionError as error:
            self._note(active, job, str(error))
            self._record(active, job, JobResult("failure"))
            return
        ticket = _Ticket(active, job, group, contexts)
        if job.concurrency is None:
            self._submit(ticket)
            return
        group_id = f"{active.run.event.repository.id}/{group}"
        ticket = _Ticket(active, job, group_id, contexts)
        may_run, cancelled = self._groups.enter(
            group_id, ticket, keeps_all=job.concurrency.keeps_all
        )
        for waiting in cancelled:
            self._note(waiting.active, waiting.job, "Cancelled: a newer one waits in its group.")
            self._record(waiting.active, waiting.job, JobResult("cancelled"))
            self._advance(waiting.active)
        if may_run:
            self._submit(ticket)

    def _submit(self, ticket: _Ticket) -> None:
        if not self._is_closed:
            self._pool.submit(self._work, ticket)

    def _work(self, ticket: _Ticket) -> None:
        """Run a job in a thread of the pool, then what waited for it."""
        run, job = ticket.active.run, ticket.job
        records.start_job(self._hub, run.id, job.id)
        result = JobResult("failure")
        try:
            with deployment(self._hub, run, job) as states:
                result = self._worker.run(run, job, ticket.contexts)
                states.append(_DEPLOYED.get(result.conclusion, "error"))
        finally:
            with self._changed:
                self._record(ticket.active, job, result)
                self._hand_on(ticket.group)
                self._advance(ticket.active)

    def _hand_on(self, group: str) -> None:
        following = self._groups.leave(group) if group else None
        if following is not None:
            self._submit(following)

    def _record(self, active: _ActiveRun, job: JobSpec, result: JobResult) -> None:
        active.results[job.id] = result
        records.end_job(self._hub, active.run.id, job.id, result.conclusion, result.outputs)

    def _note(self, active: _ActiveRun, job: JobSpec, text: str) -> None:
        folder = active.run.folder(self._hub.state)
        folder.mkdir(parents=True, exist_ok=True)
        with (folder / f"{job.id}.log").open("a", encoding="utf-8") as log:
            log.write(f"{text}\n")

    def _end_run(self, active: _ActiveRun) -> None:
        run, event = active.run, active.run.event
        self._ended[run.id] = active
        records.end_run(self._hub, run.id, _conclusion(active))
        sha = event.repository.git.find(event.repository.default_ref) or event.sha
        subject = {
            "run": run.id,
            "workflow_name": run.workflow.name,
            "number": event.subject.get("number"),
        }
        caller = Caller(event.caller.login)
        ref = event.repository.default_ref
        if event.name != "workflow_run":
            completed = Event(
                "workflow_run", "completed", event.repository, caller, ref, sha, subject
            )
            self.take(completed)
        self._active -= 1
        self._changed.notify_all()


def _kept(active: _ActiveRun) -> dict[str, JobResult]:
    """Return the results that stand when what failed runs again, with all that needed it."""
    kept: dict[str, JobResult] = {}
    waiting = list(active.run.workflow.jobs)
    while ready := [job for job in waiting if set(job.needs) <= kept.keys()]:
        waiting = [job for job in waiting if job not in ready]
        found = {job.id: active.results[job.id] for job in ready}
        kept |= {name: one for name, one in found.items() if one.conclusion == _OK}
    return kept


def _conclusion(active: _ActiveRun) -> str:
    ended = {result.conclusion for result in active.results.values()}
    for worst in ("failure", "cancelled", "success"):
        if worst in ended:
            return worst
    return "skipped"


def _contexts(active: _ActiveRun, job: JobSpec) -> dict[str, Any]:
    event, run = active.run.event, active.run
    github = {
        "event": run.payload,
        "event_name": event.name,
        "repository": event.repository.full_name,
        "repository_owner": event.repository.owner,
        "ref": event.ref,
        "sha": event.sha,
        "actor": event.caller.login,
        "run_id": run.id,
        "run_attempt": 1,
        "workflow": run.workflow.name,
    }
    needed = {name: active.results[name] for name in job.needs}
    needs = {
        name: {"result": result.conclusion, "outputs": result.outputs}
        for name, result in needed.items()
    }
    results = [result.conclusion for result in needed.values()]
    return {"github": github, "needs": needs, "results": results}

"""Workflow files as values: what starts them, and the jobs they are made of."""

import fnmatch
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import yaml

from bot.sandbox.github.hub import Event, Repository

FOLDER = ".github/workflows/"
_DEFAULT_TYPES = {"pull_request": ("opened", "synchronize", "reopened")}
_FILTERS: Mapping[str, frozenset[str]] = {
    "issue_comment": frozenset({"types"}),
    "merge_group": frozenset({"types"}),
    "pull_request": frozenset({"types", "branches"}),
    "pull_request_review": frozenset({"types"}),
    "push": frozenset({"branches"}),
    "workflow_dispatch": frozenset({"inputs"}),
    "workflow_run": frozenset({"types", "workflows"}),
}
_JOB_KEYS = {
    "name", "needs", "if", "runs-on", "timeout-minutes", "environment", "concurrency",
    "permissions", "outputs", "env", "steps",
}  # fmt: skip
_DEFAULT_MINUTES = 360


class WorkflowError(Exception):
    """A workflow file that this runner does not understand, and so does not run."""


@dataclass(frozen=True, slots=True)
class Concurrency:
    """A group in which one job runs at a time.

    `group` may hold expressions; `keeps_all` is `queue: max`: without it a newer waiting job
    cancels the one that waited before it.
    """

    group: str
    keeps_all: bool


@dataclass(frozen=True, slots=True)
class JobSpec:
    """One job; the texts may hold expressions.

    Attributes:
        command: the command of the last `run:` step; `step` is that step's id.
        permissions: what the job's token may do, by scope.
        environment: the GitHub environment, or empty.
        minutes: the longest it may take.
    """

    id: str
    command: str
    step: str = ""
    needs: tuple[str, ...] = ()
    condition: str = ""
    permissions: Mapping[str, str] = field(default_factory=dict)
    environment: str = ""
    concurrency: Concurrency | None = None
    minutes: float = _DEFAULT_MINUTES
    outputs: Mapping[str, str] = field(default_factory=dict)
    env: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Workflow:
    """One workflow file; `triggers` holds the filters of each event that starts it."""

    path: str
    name: str
    triggers: Mapping[str, Mapping[str, tuple[str, ...]]]
    jobs: tuple[JobSpec, ...]

    def is_started_by(self, event: Event) -> bool:
        """Tell whether `event` starts this workflow."""
        filters = self.triggers.get(event.name)
        if filters is None:
            return False
        return (
            self._has_type(event, filters)
            and self._has_branch(event, filters)
            and self._is_named(event, filters)
        )

    def _has_type(self, event: Event, filters: Mapping[str, tuple[str, ...]]) -> bool:
        types = filters.get("types", _DEFAULT_TYPES.get(event.name, ()))
        return not event.action or not types or event.action in types

    def _has_branch(self, event: Event, filters: Mapping[str, tuple[str, ...]]) -> bool:
        patterns = filters.get("branches")
        if patterns is None:
            return True
        pushed = event.ref.removeprefix("refs/heads/")
        branch = pushed if event.name == "push" else str(event.subject.get("base_ref"))
        return any(fnmatch.fnmatchcase(branch, pattern) for pattern in patterns)

    def _is_named(self, event: Event, filters: Mapping[str, tuple[str, ...]]) -> bool:
        if event.name == "workflow_run":
            return str(event.subject["workflow_name"]) in filters.get("workflows", ())
        if event.name in ("workflow_dispatch", "schedule"):
            return event.subject["workflow"] == self.path.removeprefix(FOLDER)
        return True


def read_workflows(repository: Repository) -> list[Workflow | WorkflowError]:
    """Return the workflows of the default branch by path; an error stands for a bad file."""
    files = repository.git.files(repository.default_ref, FOLDER.rstrip("/"))
    return [
        _read_or_error(path, data)
        for path, data in files.items()
        if path.endswith((".yml", ".yaml"))
    ]


@cache
def _read_or_error(path: str, data: bytes) -> Workflow | WorkflowError:
    try:
        return read_workflow(path, data)
    except WorkflowError as error:
        return error


def read_workflow(path: str, data: bytes) -> Workflow:
    """Return the workflow that a file holds.

    Raises:
        WorkflowError: it is no YAML, or uses what this runner does not know.
    """
    try:
        document = yaml.load(data, Loader=yaml.BaseLoader)  # noqa: S506 (BaseLoader makes only texts)
    except yaml.YAMLError as error:
        raise WorkflowError(f"{path}: is not valid YAML: {error}") from error
    if not isinstance(document, dict) or not isinstance(document.get("jobs"), dict):
        raise WorkflowError(f"{path}: has no jobs.")
    try:
        jobs = tuple(_job(name, job, document) for name, job in document["jobs"].items())
        triggers = _triggers(document.get("on"))
    except WorkflowError as error:
        raise WorkflowError(f"{path}: {error}") from error
    return Workflow(path, document.get("name") or path, triggers, jobs)


def _triggers(on: Any) -> dict[str, dict[str, tuple[str, ...]]]:
    if isinstance(on, str):
        return {on: {}}
    if isinstance(on, list):
        return {str(name): {} for name in on}
    if not isinstance(on, dict):
        raise WorkflowError("`on` names no event.")
    return {name: _filters(name, filters) for name, filters in on.items()}


def _filters(name: str, filters: Any) -> dict[str, tuple[str, ...]]:
    if name == "schedule":
        return {"cron": tuple(entry["cron"] for entry in filters)}
    if name not in _FILTERS:
        raise WorkflowError(f"the event `{name}` is not known here.")
    if not filters:
        return {}
    if not isinstance(filters, dict) or set(filters) - _FILTERS[name]:
        raise WorkflowError(f"`on.{name}` has filters that are not known here.")
    return {key: tuple(_texts(value)) for key, value in filters.items()}


def _texts(value: Any) -> Sequence[str]:
    return [value] if isinstance(value, str) else [str(item) for item in value]


def _job(name: str, job: Any, document: Mapping[str, Any]) -> JobSpec:
    if not isinstance(job, dict) or set(job) - _JOB_KEYS:
        unknown = sorted(set(job) - _JOB_KEYS) if isinstance(job, dict) else []
        raise WorkflowError(f"job `{name}` has keys that are not known here: {unknown}.")
    step = _last_command(name, job.get("steps") or [])
    environment = job.get("environment") or ""
    return JobSpec(
        id=name,
        command=step["run"].strip(),
        step=step.get("id", ""),
        needs=tuple(_texts(job.get("needs") or [])),
        condition=job.get("if", ""),
        permissions=_permissions(name, job.get("permissions", document.get("permissions"))),
        environment=environment["name"] if isinstance(environment, dict) else environment,
        concurrency=_concurrency(name, job.get("concurrency")),
        minutes=float(job.get("timeout-minutes", _DEFAULT_MINUTES)),
        outputs=job.get("outputs") or {},
        env={**(document.get("env") or {}), **(job.get("env") or {}), **(step.get("env") or {})},
    )


def _last_command(name: str, steps: Sequence[Mapping[str, Any]]) -> Mapping[str, Any]:
    """Return the job's work; a command with a condition only tells people what has become of it."""
    commands = [step for step in steps if "run" in step and "if" not in step]
    if not commands:
        raise WorkflowError(f"job `{name}` runs no command.")
    return commands[-1]


def _permissions(name: str, permissions: Any) -> dict[str, str]:
    # BaseLoader reads an absent value as an empty text.
    if not isinstance(permissions, dict):
        raise WorkflowError(f"job `{name}` does not list its permissions.")
    return {str(scope): str(level) for scope, level in permissions.items()}


def _concurrency(name: str, found: Any) -> Concurrency | None:
    if not found:
        return None
    if isinstance(found, str):
        return Concurrency(found, keeps_all=False)
    if found.get("cancel-in-progress", "false") != "false":
        raise WorkflowError(f"job `{name}` cancels jobs in progress, which is not known here.")
    return Concurrency(found["group"], keeps_all=found.get("queue") == "max")

"""Commit statuses and deployments."""

import json
from collections.abc import Mapping

from bot.sandbox.github.accounts import Caller
from bot.sandbox.github.hub import Hub, Repository
from bot.sandbox.github.refused import RefusedError, invalid, not_found
from bot.sandbox.github.store import Row, now

_STATES = ("error", "failure", "pending", "success")
_DEPLOYMENT_STATES = (
    "error", "failure", "inactive", "in_progress", "queued", "pending", "success",
)  # fmt: skip
_LONGEST_DESCRIPTION = 140
_MOST_PER_CONTEXT = 1_000


def add_status(
    hub: Hub, repository: Repository, caller: Caller, sha: str, asked: Mapping[str, object]
) -> Row:
    """Set one status on a commit.

    Raises:
        RefusedError: 422, no such commit or state, or a description over 140 characters.
    """
    commit = repository.git.find(sha)
    if commit is None:
        raise RefusedError(422, f"No commit found for SHA: {sha}")
    _check_status(asked)
    context = str(asked.get("context") or "default")
    if len(list_statuses(hub, repository, commit, context)) >= _MOST_PER_CONTEXT:
        raise RefusedError(422, "This SHA and context has reached the maximum number of statuses.")
    number = hub.store.insert(
        "statuses",
        repository=repository.id,
        sha=commit,
        state=asked["state"],
        context=context,
        description=asked.get("description"),
        target_url=asked.get("target_url") or None,
        creator=caller.login,
        created_at=now(),
    )
    return hub.store.rows("SELECT * FROM statuses WHERE id = ?", number)[0]


def _check_status(asked: Mapping[str, object]) -> None:
    if asked.get("state") not in _STATES:
        raise invalid("Status", "state", "is not included in the list")
    if len(str(asked.get("description") or "")) > _LONGEST_DESCRIPTION:
        message = f"description is too long (maximum is {_LONGEST_DESCRIPTION} characters)"
        raise invalid("Status", "description", message)


def list_statuses(
    hub: Hub, repository: Repository, sha: str, context: str | None = None
) -> list[Row]:
    """Return the statuses of a commit, newest first."""
    rows = hub.store.rows(
        "SELECT * FROM statuses WHERE repository = ? AND sha = ? ORDER BY id DESC",
        repository.id,
        sha,
    )
    return [row for row in rows if context in (None, row["context"])]


def latest_statuses(hub: Hub, repository: Repository, sha: str) -> list[Row]:
    """Return the newest status of each context of a commit."""
    latest: dict[str, Row] = {}
    for row in list_statuses(hub, repository, sha):
        latest.setdefault(row["context"], row)
    return [latest[context] for context in sorted(latest)]


def combined_state(statuses: list[Row]) -> str:
    """Return GitHub's one word for the latest statuses: failure, pending or success."""
    states = {row["state"] for row in statuses}
    if states & {"error", "failure"}:
        return "failure"
    return "success" if states == {"success"} else "pending"


def add_deployment(
    hub: Hub, repository: Repository, caller: Caller, asked: Mapping[str, object]
) -> Row:
    """Record a deployment.

    Raises:
        RefusedError: 422, `ref` names no commit; 409, a required status is not success.
    """
    ref = str(asked.get("ref") or "")
    sha = repository.git.find(ref)
    if sha is None:
        raise RefusedError(422, f"No ref found for: {ref}")
    _check_contexts(hub, repository, sha, asked.get("required_contexts"))
    payload = asked.get("payload") or {}
    number = hub.store.insert(
        "deployments",
        repository=repository.id,
        sha=sha,
        ref=ref,
        task=asked.get("task") or "deploy",
        environment=asked.get("environment") or "production",
        description=asked.get("description"),
        payload=json.dumps(payload),
        creator=caller.login,
        created_at=now(),
        updated_at=now(),
    )
    return find_deployment(hub, repository, number)


def _check_contexts(hub: Hub, repository: Repository, sha: str, contexts: object) -> None:
    statuses = latest_statuses(hub, repository, sha)
    required = (
        contexts if isinstance(contexts, list) else [status["context"] for status in statuses]
    )
    passed = {status["context"] for status in statuses if status["state"] == "success"}
    if set(required) - passed:
        raise RefusedError(409, f"Conflict: Commit status checks failed for {sha}.")


def find_deployment(hub: Hub, repository: Repository, number: int) -> Row:
    """Return one deployment.

    Raises:
        RefusedError: 404, there is none.
    """
    found = hub.store.row(
        "SELECT * FROM deployments WHERE id = ? AND repository = ?", number, repository.id
    )
    if found is None:
        raise not_found()
    return found


def list_deployments(hub: Hub, repository: Repository) -> list[Row]:
    """Return the deployments of a repository, newest first."""
    return hub.store.rows(
        "SELECT * FROM deployments WHERE repository = ? ORDER BY id DESC", repository.id
    )


def add_deployment_status(
    hub: Hub, deployment: Row, caller: Caller, asked: Mapping[str, object]
) -> Row:
    """Add a status to a deployment.

    Raises:
        RefusedError: 422, GitHub has no such state.
    """
    if asked.get("state") not in _DEPLOYMENT_STATES:
        raise invalid("DeploymentStatus", "state", "is not included in the list")
    number = hub.store.insert(
        "deployment_statuses",
        deployment=deployment["id"],
        state=asked["state"],
        description=asked.get("description") or "",
        log_url=asked.get("log_url") or asked.get("target_url") or "",
        environment_url=asked.get("environment_url") or "",
        creator=caller.login,
        created_at=now(),
    )
    return hub.store.rows("SELECT * FROM deployment_statuses WHERE id = ?", number)[0]


def deployment_statuses(hub: Hub, deployment: Row) -> list[Row]:
    """Return the statuses of a deployment, newest first."""
    return hub.store.rows(
        "SELECT * FROM deployment_statuses WHERE deployment = ? ORDER BY id DESC", deployment["id"]
    )

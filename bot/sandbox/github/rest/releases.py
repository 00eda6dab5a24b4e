"""Commit statuses, deployments and workflow runs."""

from bot.sandbox.github import statuses
from bot.sandbox.github.hub import Event
from bot.sandbox.github.refused import RefusedError, not_found
from bot.sandbox.github.rest.call import Answer, Call, Operation

_REPO = "/repos/{owner}/{repo}"
_DEPLOYMENTS = f"{_REPO}/deployments"
_DEPLOYMENT = f"{_DEPLOYMENTS}/{{deployment_id}}"


def _find_commit(call: Call) -> str:
    sha = call.repository.git.find(call.path["ref"])
    if sha is None:
        raise not_found()
    return sha


def _create_status(call: Call) -> Answer:
    row = statuses.add_status(call.hub, call.repository, call.caller, call.path["ref"], call.body)
    return Answer(call.bodies.status(call.repository, row), 201)


def _statuses(call: Call) -> Answer:
    rows = statuses.list_statuses(call.hub, call.repository, _find_commit(call))
    return call.page([call.bodies.status(call.repository, row) for row in rows])


def _combined(call: Call) -> Answer:
    sha = _find_commit(call)
    rows = statuses.latest_statuses(call.hub, call.repository, sha)
    return Answer(call.bodies.combined_status(call.repository, sha, rows))


def _deployments(call: Call) -> Answer:
    filters = ("sha", "ref", "task", "environment")
    asked = {name: call.query[name] for name in filters if call.query.get(name)}
    rows = [
        row
        for row in statuses.list_deployments(call.hub, call.repository)
        if all(row[name] == value for name, value in asked.items())
    ]
    return call.page([call.bodies.deployment(call.repository, row) for row in rows])


def _create_deployment(call: Call) -> Answer:
    call.field("ref", resource="Deployment")
    row = statuses.add_deployment(call.hub, call.repository, call.caller, call.body)
    return Answer(call.bodies.deployment(call.repository, row), 201)


def _get_deployment(call: Call) -> Answer:
    row = statuses.find_deployment(call.hub, call.repository, call.number("deployment_id"))
    return Answer(call.bodies.deployment(call.repository, row))


def _deployment_statuses(call: Call) -> Answer:
    deployment = statuses.find_deployment(call.hub, call.repository, call.number("deployment_id"))
    rows = statuses.deployment_statuses(call.hub, deployment)
    return call.page(
        [call.bodies.deployment_status(call.repository, deployment, row) for row in rows]
    )


def _create_deployment_status(call: Call) -> Answer:
    deployment = statuses.find_deployment(call.hub, call.repository, call.number("deployment_id"))
    row = statuses.add_deployment_status(call.hub, deployment, call.caller, call.body)
    return Answer(call.bodies.deployment_status(call.repository, deployment, row), 201)


def _runs(call: Call) -> Answer:
    asked = {name: call.query[name] for name in ("event", "head_sha") if call.query.get(name)}
    rows = [
        row
        for row in call.hub.store.rows(
            "SELECT * FROM runs WHERE repository = ? ORDER BY id DESC", call.repository.id
        )
        if all(row[name] == value for name, value in asked.items())
        and call.query.get("status") in (None, row["status"], row["conclusion"])
    ]
    answer = call.page([call.bodies.run(call.repository, row) for row in rows])
    body = {"total_count": len(rows), "workflow_runs": answer.body}
    return Answer(body, headers=answer.headers)


def _get_run(call: Call) -> Answer:
    row = call.hub.store.row(
        "SELECT * FROM runs WHERE id = ? AND repository = ?",
        call.number("run_id"),
        call.repository.id,
    )
    if row is None:
        raise not_found()
    return Answer(call.bodies.run(call.repository, row))


def _dispatch(call: Call) -> Answer:
    repository = call.repository
    branch = call.field("ref").removeprefix("refs/heads/")
    sha = repository.git.find(f"refs/heads/{branch}")
    if sha is None:
        raise RefusedError(422, f"No ref found for: {branch}")
    workflow = call.path["workflow_id"]
    if workflow not in _workflow_files(call):
        raise not_found()
    subject = {"workflow": workflow, "inputs": call.body.get("inputs") or {}}
    call.hub.emit(
        Event(
            "workflow_dispatch", "", repository, call.caller, f"refs/heads/{branch}", sha, subject
        )
    )
    return Answer(status=204)


def _workflow_files(call: Call) -> list[str]:
    files = call.repository.git.files(call.repository.default_ref, ".github/workflows")
    return [path.rpartition("/")[2] for path in files]


OPERATIONS = (
    Operation("POST", f"{_REPO}/statuses/{{ref}}", _create_status, ("statuses",), "write", "write"),
    # PyGithub lists statuses at the address it creates them at, which GitHub still answers.
    Operation("GET", f"{_REPO}/statuses/{{ref}}", _statuses, ("statuses",)),
    Operation("GET", f"{_REPO}/commits/{{ref:path}}/statuses", _statuses, ("statuses",)),
    Operation("GET", f"{_REPO}/commits/{{ref:path}}/status", _combined, ("statuses",)),
    Operation("GET", _DEPLOYMENTS, _deployments, ("deployments",)),
    Operation("POST", _DEPLOYMENTS, _create_deployment, ("deployments",), "write", "write"),
    Operation("GET", _DEPLOYMENT, _get_deployment, ("deployments",)),
    Operation("GET", f"{_DEPLOYMENT}/statuses", _deployment_statuses, ("deployments",)),
    Operation(
        "POST",
        f"{_DEPLOYMENT}/statuses",
        _create_deployment_status,
        ("deployments",),
        "write",
        "write",
    ),
    Operation("GET", f"{_REPO}/actions/runs", _runs, ("actions",)),
    Operation("GET", f"{_REPO}/actions/runs/{{run_id}}", _get_run, ("actions",)),
    Operation(
        "POST",
        f"{_REPO}/actions/workflows/{{workflow_id}}/dispatches",
        _dispatch,
        ("actions",),
        "write",
        "write",
    ),
)

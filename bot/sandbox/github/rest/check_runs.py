"""Check runs and their annotations."""

from bot.sandbox.github import checks
from bot.sandbox.github.refused import not_found
from bot.sandbox.github.rest.bodies import Json, node_id
from bot.sandbox.github.rest.call import Answer, Call, Operation
from bot.sandbox.github.store import Row

_REPO = "/repos/{owner}/{repo}"
_RUN = f"{_REPO}/check-runs/{{check_run_id}}"


def _create(call: Call) -> Answer:
    call.field("name", resource="CheckRun")
    row = checks.add_check_run(call.hub, call.repository, call.caller, call.body)
    return Answer(_body(call, row), 201)


def _update(call: Call) -> Answer:
    number = call.number("check_run_id")
    row = checks.update_check_run(call.hub, call.repository, number, call.body)
    return Answer(_body(call, row))


def _of_commit(call: Call) -> Answer:
    sha = call.repository.git.find(call.path["ref"])
    if sha is None:
        raise not_found()
    name = call.query.get("check_name")
    rows = [
        row
        for row in checks.latest_check_runs(call.hub, call.repository, sha)
        if name in (None, row["name"])
    ]
    answer = call.page([_body(call, row) for row in rows])
    body = {"total_count": len(rows), "check_runs": answer.body}
    return Answer(body, headers=answer.headers)


def _annotations(call: Call) -> Answer:
    row = checks.find_check_run(call.hub, call.repository, call.number("check_run_id"))
    page = call.bodies.at.page_of(call.repository)
    optional = dict.fromkeys(("start_column", "end_column", "title", "raw_details"))
    found = checks.annotations_of(row)
    return call.page(
        [
            {**optional, **one, "blob_href": f"{page}/blob/{row['sha']}/{one['path']}"}
            for one in found
        ]
    )


def _body(call: Call, row: Row) -> Json:
    url = f"{call.bodies.at.api_of(call.repository)}/check-runs/{row['id']}"
    plain = ("id", "external_id", "details_url", "status", "conclusion", "name")
    return {
        **{name: row[name] for name in plain},
        "head_sha": row["sha"],
        "node_id": node_id("CheckRun", row["id"]),
        "url": url,
        "html_url": f"{call.bodies.at.page_of(call.repository)}/runs/{row['id']}",
        "started_at": row["started_at"],
        "completed_at": row["completed_at"],
        "output": {
            **{name: row[name] for name in ("title", "summary", "text")},
            "annotations_count": len(checks.annotations_of(row)),
            "annotations_url": f"{url}/annotations",
        },
        "check_suite": {"id": 1},
        "app": None,
        "pull_requests": [],
    }


OPERATIONS = (
    Operation("POST", f"{_REPO}/check-runs", _create, ("checks",), "write", "write"),
    Operation("PATCH", _RUN, _update, ("checks",), "write", "write"),
    Operation("GET", f"{_REPO}/commits/{{ref:path}}/check-runs", _of_commit, ("checks",)),
    Operation("GET", f"{_RUN}/annotations", _annotations, ("checks",)),
)

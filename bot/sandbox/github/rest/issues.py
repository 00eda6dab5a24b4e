"""Issues, their comments, reactions and labels; pull requests are issues too."""

import json
from operator import itemgetter

from bot.sandbox.github import conversation, pulls
from bot.sandbox.github.refused import RefusedError, invalid, not_found
from bot.sandbox.github.rest.call import Answer, Call, Operation
from bot.sandbox.github.store import Row, now

_ISSUES = "/repos/{owner}/{repo}/issues"
_ISSUE = f"{_ISSUES}/{{number}}"
_COMMENT = f"{_ISSUES}/comments/{{comment_id}}"


def _list(call: Call) -> Answer:
    state = call.query.get("state", "open")
    labels = {name for name in call.query.get("labels", "").split(",") if name}
    creator = call.query.get("creator")
    rows = call.hub.store.rows(
        "SELECT * FROM issues WHERE repository = ? ORDER BY number DESC", call.repository.id
    )
    found = [
        row
        for row in rows
        if state in ("all", row["state"])
        and labels <= set(pulls.labels_of(row))
        and creator in (None, row["author"])
    ]
    return call.page([call.bodies.issue(call.repository, row) for row in found])


def _create(call: Call) -> Answer:
    title, moment = call.field("title", resource="Issue"), now()
    body = call.body.get("body")
    number = call.hub.next_number(call.repository)
    call.hub.store.insert(
        "issues",
        repository=call.repository.id,
        number=number,
        title=title,
        body=conversation.check_body(body) if body else None,
        author=call.caller.login,
        state="open",
        labels=json.dumps(_names(call.body.get("labels") or [])),
        created_at=moment,
        updated_at=moment,
    )
    row = conversation.find_issue(call.hub, call.repository, number)
    return Answer(call.bodies.issue(call.repository, row), 201)


def _issue(call: Call) -> Row:
    return conversation.find_issue(call.hub, call.repository, call.number())


def _get(call: Call) -> Answer:
    return Answer(call.bodies.issue(call.repository, _issue(call)))


def _update(call: Call) -> Answer:
    row = _issue(call)
    state = call.body.get("state", row["state"])
    if state not in ("open", "closed"):
        raise invalid("Issue", "state", "is not included in the list")
    labels, body = call.body.get("labels"), call.body.get("body", row["body"])
    call.hub.store.change(
        "UPDATE issues SET title = ?, body = ?, state = ?, state_reason = ?, labels = ?, "
        "closed_at = ?, updated_at = ? WHERE id = ?",
        _title(call, row),
        conversation.check_body(body) if body else None,
        state,
        _reason(call, row, state),
        row["labels"] if labels is None else json.dumps(_names(labels)),
        (row["closed_at"] or now()) if state == "closed" else None,
        now(),
        row["id"],
    )
    return _get(call)


def _title(call: Call, row: Row) -> str:
    title = call.body.get("title", row["title"])
    if not isinstance(title, str) or not title.strip():
        raise invalid("Issue", "title", "title can't be blank")
    return title


def _reason(call: Call, row: Row, state: str) -> str | None:
    """Return why an issue is closed, or that it was: GitHub keeps no other reason."""
    if state == "closed":
        before = row["state_reason"] if row["closed_at"] else None
        return str(call.body.get("state_reason") or before or "completed")
    return "reopened" if row["closed_at"] else row["state_reason"]


def _comments(call: Call) -> Answer:
    rows = conversation.list_comments(call.hub, call.repository, call.number())
    return call.page([call.bodies.comment(call.repository, row) for row in rows])


def _all_comments(call: Call) -> Answer:
    rows = conversation.list_all_comments(call.hub, call.repository)
    since, sort = call.query.get("since", ""), call.query.get("sort", "created")
    if sort not in ("created", "updated"):
        raise invalid("IssueComment", "sort", "is not included in the list")
    found = [row for row in rows if row["updated_at"] >= since]
    found.sort(key=itemgetter(f"{sort}_at", "id"))
    if call.query.get("direction", "asc") == "desc" and "sort" in call.query:
        found.reverse()  # GitHub ignores a direction without a sort
    return call.page([call.bodies.comment(call.repository, row) for row in found])


def _create_comment(call: Call) -> Answer:
    row = conversation.add_comment(
        call.hub, call.repository, call.caller, call.number(), call.body.get("body")
    )
    return Answer(call.bodies.comment(call.repository, row), 201)


def _get_comment(call: Call) -> Answer:
    row = conversation.find_comment(call.hub, call.repository, call.number("comment_id"))
    return Answer(call.bodies.comment(call.repository, row))


def _edit_comment(call: Call) -> Answer:
    row = conversation.edit_comment(
        call.hub, call.repository, call.caller, call.number("comment_id"), call.body.get("body")
    )
    return Answer(call.bodies.comment(call.repository, row))


def _delete_comment(call: Call) -> Answer:
    conversation.delete_comment(call.hub, call.repository, call.caller, call.number("comment_id"))
    return Answer(status=204)


def _reactions(call: Call) -> Answer:
    comment = conversation.find_comment(call.hub, call.repository, call.number("comment_id"))
    rows = conversation.reactions_to(call.hub, comment["id"])
    return call.page([call.bodies.reaction(row) for row in rows])


def _react(call: Call) -> Answer:
    comment = conversation.find_comment(call.hub, call.repository, call.number("comment_id"))
    row, is_new = conversation.react(call.hub, call.caller, comment["id"], call.body.get("content"))
    return Answer(call.bodies.reaction(row), 201 if is_new else 200)


def _take_back(call: Call) -> Answer:
    comment = conversation.find_comment(call.hub, call.repository, call.number("comment_id"))
    removed = call.hub.store.change(
        "DELETE FROM reactions WHERE id = ? AND comment = ?",
        call.number("reaction_id"),
        comment["id"],
    )
    if not removed:
        raise not_found()
    return Answer(status=204)


def _names(labels: object) -> list[str]:
    if isinstance(labels, dict):
        labels = labels.get("labels", [])
    if not isinstance(labels, list):
        raise invalid("Label", "labels", "is not a list")
    return [str(label["name"]) if isinstance(label, dict) else str(label) for label in labels]


def _labels(call: Call) -> Answer:
    names = pulls.labels_of(_issue(call))
    return call.page([call.bodies.label(call.repository, name) for name in names])


def _keep_labels(call: Call, names: list[str]) -> Answer:
    row = _issue(call)
    call.hub.store.change(
        "UPDATE issues SET labels = ?, updated_at = ? WHERE id = ?",
        json.dumps(list(dict.fromkeys(names))),
        now(),
        row["id"],
    )
    return Answer([call.bodies.label(call.repository, name) for name in dict.fromkeys(names)])


def _add_labels(call: Call) -> Answer:
    return _keep_labels(call, pulls.labels_of(_issue(call)) + _names(call.body))


def _set_labels(call: Call) -> Answer:
    return _keep_labels(call, _names(call.body))


def _clear_labels(call: Call) -> Answer:
    _keep_labels(call, [])
    return Answer(status=204)


def _remove_label(call: Call) -> Answer:
    names = pulls.labels_of(_issue(call))
    if call.path["name"] not in names:
        raise RefusedError(404, "Label does not exist")
    return _keep_labels(call, [name for name in names if name != call.path["name"]])


_SCOPE = ("issues", "pull-requests")
OPERATIONS = (
    Operation("GET", _ISSUES, _list, ("issues",)),
    Operation("POST", _ISSUES, _create, ("issues",), "write"),
    Operation("GET", _ISSUE, _get, _SCOPE),
    Operation("PATCH", _ISSUE, _update, _SCOPE, "write", "triage"),
    Operation("GET", f"{_ISSUE}/comments", _comments, _SCOPE),
    Operation("POST", f"{_ISSUE}/comments", _create_comment, _SCOPE, "write"),
    Operation("GET", f"{_ISSUES}/comments", _all_comments, _SCOPE),
    Operation("GET", _COMMENT, _get_comment, _SCOPE),
    Operation("PATCH", _COMMENT, _edit_comment, _SCOPE, "write"),
    Operation("DELETE", _COMMENT, _delete_comment, _SCOPE, "write"),
    Operation("GET", f"{_COMMENT}/reactions", _reactions, _SCOPE),
    Operation("POST", f"{_COMMENT}/reactions", _react, _SCOPE, "write"),
    Operation("DELETE", f"{_COMMENT}/reactions/{{reaction_id}}", _take_back, _SCOPE, "write"),
    Operation("GET", f"{_ISSUE}/labels", _labels, _SCOPE),
    Operation("POST", f"{_ISSUE}/labels", _add_labels, _SCOPE, "write", "triage"),
    Operation("PUT", f"{_ISSUE}/labels", _set_labels, _SCOPE, "write", "triage"),
    Operation("DELETE", f"{_ISSUE}/labels", _clear_labels, _SCOPE, "write", "triage"),
    Operation("DELETE", f"{_ISSUE}/labels/{{name}}", _remove_label, _SCOPE, "write", "triage"),
)

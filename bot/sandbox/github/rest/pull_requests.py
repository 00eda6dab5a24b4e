"""Pull requests, their reviews, and merging."""

from collections.abc import Callable
from typing import Any

from bot.sandbox.github import conversation, pulls
from bot.sandbox.github.merge import MergeRequest, merge
from bot.sandbox.github.refused import RefusedError, invalid, not_found, unprocessable
from bot.sandbox.github.rest.call import Answer, Call, Operation
from bot.sandbox.github.store import Row

_PULLS = "/repos/{owner}/{repo}/pulls"
_PULL = f"{_PULLS}/{{number}}"
_REVIEW = f"{_PULL}/reviews/{{review_id}}"
_MOST_FILES = 3_000
_SORTS: dict[str, Callable[[Row], Any]] = {
    "created": lambda row: (row["created_at"], row["number"]),
    "updated": lambda row: (row["updated_at"], row["number"]),
}


def _list(call: Call) -> Answer:
    sort = _SORTS.get(call.query.get("sort", "created"))
    if sort is None:
        raise invalid("PullRequest", "sort", "is not included in the list")
    state = call.query.get("state", "open")
    base, head = call.query.get("base"), call.query.get("head")
    branch = head.partition(":")[2] if head else None
    found = [
        row
        for row in pulls.list_pulls(call.hub, call.repository)
        if state in ("all", row["state"])
        and base in (None, row["base_ref"])
        and branch in (None, row["head_ref"])
    ]
    default = "desc" if call.query.get("sort", "created") == "created" else "asc"
    ascending = call.query.get("direction", default) == "asc"
    found.sort(key=sort, reverse=not ascending)
    return call.page([call.bodies.pull(call.repository, row) for row in found])


def _get(call: Call) -> Answer:
    pull = pulls.find_pull(call.hub, call.repository, call.number())
    return Answer(call.bodies.full_pull(call.repository, pull))


def _create(call: Call) -> Answer:
    if call.caller.is_job and not call.repository.actions_open_pulls:
        said = "GitHub Actions is not permitted to create or approve pull requests."
        raise RefusedError(403, said)
    new = pulls.NewPull(
        title=call.field("title", resource="PullRequest"),
        body=str(call.body.get("body") or ""),
        head=call.field("head", resource="PullRequest"),
        base=call.field("base", resource="PullRequest"),
        draft=bool(call.body.get("draft")),
    )
    pull = pulls.open_pull(call.hub, call.repository, call.caller, new)
    return Answer(call.bodies.full_pull(call.repository, pull), 201)


def _update(call: Call) -> Answer:
    pull = pulls.find_pull(call.hub, call.repository, call.number())
    _edit_text(call, pull)
    state = call.body.get("state", pull["state"])
    if state != pull["state"]:
        change = {"open": pulls.reopen, "closed": pulls.close}.get(state)
        if change is None:
            raise invalid("PullRequest", "state", "is not included in the list")
        change(call.hub, call.repository, call.caller, pull)
    return _get(call)


def _edit_text(call: Call, pull: Row) -> None:
    title, body = call.body.get("title", pull["title"]), call.body.get("body", pull["body"])
    if (title, body) == (pull["title"], pull["body"]):
        return
    if not title:
        raise invalid("PullRequest", "title", "title can't be blank")
    call.hub.store.change(
        "UPDATE issues SET title = ?, body = ? WHERE id = ?", title, body, pull["id"]
    )
    pulls.touch(call.hub, pull)
    pulls.emit_pull(call.hub, call.repository, call.caller, pull["number"], "edited")


def _range(call: Call) -> tuple[str, str]:
    pull = pulls.find_pull(call.hub, call.repository, call.number())
    git = call.repository.git
    return git.merge_base(pull["base_sha"], pull["head_sha"]), pull["head_sha"]


def _files(call: Call) -> Answer:
    base, head = _range(call)
    git = call.repository.git
    answer = call.page(git.diff(base, head)[:_MOST_FILES])
    shown: Any = answer.body
    files = [
        call.bodies.file(
            call.repository,
            change,
            head,
            git.patch(base, head, *filter(None, (change.before, change.path))),
        )
        for change in shown
    ]
    return Answer(files, headers=answer.headers)


def _commits(call: Call) -> Answer:
    base, head = _range(call)
    facts = call.repository.git.commits(f"{base}..{head}")
    return call.page([call.bodies.commit(call.repository, commit) for commit in facts])


def _reviews(call: Call) -> Answer:
    rows = conversation.list_reviews(call.hub, call.repository, call.number())
    return call.page([call.bodies.review(call.repository, call.number(), row) for row in rows])


def _get_review(call: Call) -> Answer:
    number = call.number()
    row = conversation.find_review(call.hub, call.repository, number, call.number("review_id"))
    return Answer(call.bodies.review(call.repository, number, row))


def _create_review(call: Call) -> Answer:
    body = str(call.body.get("body") or "")
    event = call.body.get("event")
    if event is None:
        raise unprocessable("Pending reviews are not kept here")
    if event != "APPROVE" and not body.strip():
        raise unprocessable("Body can't be blank")
    asked = (str(event), body, str(call.body.get("commit_id") or ""))
    row = conversation.add_review(call.hub, call.repository, call.caller, call.number(), asked)
    return Answer(call.bodies.review(call.repository, call.number(), row))


def _dismiss(call: Call) -> Answer:
    if not call.body.get("message"):
        raise unprocessable("Message can't be blank")
    row = conversation.dismiss_review(
        call.hub, call.repository, call.caller, call.number(), call.number("review_id")
    )
    return Answer(call.bodies.review(call.repository, call.number(), row))


def _is_merged(call: Call) -> Answer:
    pull = pulls.find_pull(call.hub, call.repository, call.number())
    if pull["merged_at"] is None:
        raise not_found()
    return Answer(status=204)


def _merge(call: Call) -> Answer:
    asked = MergeRequest(
        method=call.body.get("merge_method") or "merge",
        sha=call.body.get("sha"),
        title=call.body.get("commit_title"),
        message=call.body.get("commit_message"),
    )
    if asked.sha is not None and not isinstance(asked.sha, str):
        raise RefusedError(422, "sha must be a text")
    sha = merge(call.hub, call.repository, call.caller, call.number(), asked)
    return Answer({"sha": sha, "merged": True, "message": "Pull Request successfully merged"})


_SCOPE = ("pull-requests",)
OPERATIONS = (
    Operation("GET", _PULLS, _list, _SCOPE),
    Operation("POST", _PULLS, _create, _SCOPE, "write", "write"),
    Operation("GET", _PULL, _get, _SCOPE),
    Operation("PATCH", _PULL, _update, _SCOPE, "write", "write"),
    Operation("GET", f"{_PULL}/files", _files, _SCOPE),
    Operation("GET", f"{_PULL}/commits", _commits, _SCOPE),
    Operation("GET", f"{_PULL}/reviews", _reviews, _SCOPE),
    Operation("POST", f"{_PULL}/reviews", _create_review, _SCOPE, "write"),
    Operation("GET", _REVIEW, _get_review, _SCOPE),
    Operation("PUT", f"{_REVIEW}/dismissals", _dismiss, _SCOPE, "write", "write"),
    Operation("GET", f"{_PULL}/merge", _is_merged, _SCOPE),
    Operation("PUT", f"{_PULL}/merge", _merge, ("contents",), "write", "write"),
)

"""What GITHUB_EVENT_PATH holds, in the shape of GitHub's webhooks."""

from collections.abc import Callable, Mapping

from bot.sandbox.github.conversation import find_comment, find_issue, find_review
from bot.sandbox.github.git import ZERO
from bot.sandbox.github.hub import Event, Hub
from bot.sandbox.github.pulls import find_pull
from bot.sandbox.github.refused import not_found
from bot.sandbox.github.rest.bodies import Json
from bot.sandbox.github.rest.release_bodies import AllBodies
from bot.sandbox.github.store import Row


def payload(hub: Hub, event: Event) -> Json:
    """Return the payload of `event`, with the state of its subject as of now."""
    bodies = AllBodies(hub, hub.url)
    body: Json = {
        **_WRITERS[event.name](hub, bodies, event),
        "repository": bodies.full_repository(event.repository),
        "sender": bodies.account(event.caller.login),
    }
    return {"action": event.action, **body} if event.action else body


def number_of(event: Event) -> int | None:
    """Return the pull request or issue that an event is about, or None."""
    number = event.subject.get("number")
    return number if isinstance(number, int) else None


def _pull(bodies: AllBodies, event: Event, number: int) -> Json:
    pull = find_pull(bodies.hub, event.repository, number)
    return bodies.full_pull(event.repository, pull)


def _pull_request(hub: Hub, bodies: AllBodies, event: Event) -> Json:
    del hub
    number = _number(event, "number")
    moved = {key: event.subject[key] for key in ("before", "after") if key in event.subject}
    return {"number": number, "pull_request": _pull(bodies, event, number), **moved}


def _number(event: Event, name: str) -> int:
    value = event.subject[name]
    if not isinstance(value, int):
        raise not_found()
    return value


def _pull_request_review(hub: Hub, bodies: AllBodies, event: Event) -> Json:
    number = _number(event, "number")
    review = find_review(hub, event.repository, number, _number(event, "review"))
    body = bodies.review(event.repository, number, review)
    # Webhooks write the state in small letters, the REST API in capitals.
    body["state"] = body["state"].lower()
    return {"review": body, "pull_request": _pull(bodies, event, number)}


def _issue_comment(hub: Hub, bodies: AllBodies, event: Event) -> Json:
    comment = find_comment(hub, event.repository, _number(event, "comment"))
    issue = find_issue(hub, event.repository, comment["number"])
    body = {
        "issue": bodies.issue(event.repository, issue),
        "comment": bodies.comment(event.repository, comment),
    }
    if "before" in event.subject:
        body["changes"] = {"body": {"from": event.subject["before"]}}
    return body


def _push(hub: Hub, bodies: AllBodies, event: Event) -> Json:
    del hub
    git = event.repository.git
    before, after = str(event.subject["before"]), str(event.subject["after"])
    created = before == ZERO
    facts = git.commits(after, *([] if created else [f"^{before}"]), limit=20)
    commits = [
        {
            "id": commit.sha,
            "tree_id": commit.tree,
            "message": commit.message,
            "timestamp": commit.committer[2],
            "author": {"name": commit.author[0], "email": commit.author[1]},
            "committer": {"name": commit.committer[0], "email": commit.committer[1]},
        }
        for commit in facts
    ]
    return {
        "ref": event.ref,
        "before": before,
        "after": after,
        "created": created,
        "deleted": False,
        "forced": not created and not git.is_ancestor(before, after),
        "base_ref": None,
        "compare": f"{bodies.at.page_of(event.repository)}/compare/{before[:12]}...{after[:12]}",
        "commits": commits,
        "head_commit": commits[-1] if commits else None,
        "pusher": {"name": event.caller.login},
    }


def _workflow_run(hub: Hub, bodies: AllBodies, event: Event) -> Json:
    row: Row | None = hub.store.row("SELECT * FROM runs WHERE id = ?", event.subject["run"])
    if row is None:
        raise not_found()
    run = bodies.run(event.repository, row)
    workflow = {"id": run["workflow_id"], "name": run["name"], "path": run["path"]}
    return {"workflow_run": run, "workflow": workflow}


def _workflow_dispatch(hub: Hub, bodies: AllBodies, event: Event) -> Json:
    del hub, bodies
    path = f".github/workflows/{event.subject['workflow']}"
    return {"ref": event.ref, "workflow": path, "inputs": event.subject.get("inputs", {})}


def _schedule(hub: Hub, bodies: AllBodies, event: Event) -> Json:
    del hub, bodies
    return {"schedule": event.subject["cron"], "workflow": event.subject["workflow"]}


_WRITERS: Mapping[str, Callable[[Hub, AllBodies, Event], Json]] = {
    "issue_comment": _issue_comment,
    "pull_request": _pull_request,
    "pull_request_review": _pull_request_review,
    "push": _push,
    "schedule": _schedule,
    "workflow_dispatch": _workflow_dispatch,
    "workflow_run": _workflow_run,
}

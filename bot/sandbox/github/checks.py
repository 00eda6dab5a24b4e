"""Check runs: what an app says about a commit, with notes on the lines of its files."""

import json
from collections.abc import Mapping
from typing import Any

from bot.sandbox.github.accounts import Caller
from bot.sandbox.github.hub import Hub, Repository
from bot.sandbox.github.refused import RefusedError, invalid, not_found
from bot.sandbox.github.store import Row, loads, now

MOST_ANNOTATIONS = 50  # of one request
_LONGEST_TEXT = 65_535
_STATUSES = ("queued", "in_progress", "completed")
_CONCLUSIONS = (
    "action_required", "cancelled", "failure", "neutral", "success", "skipped", "stale",
    "timed_out",
)  # fmt: skip
_LEVELS = ("notice", "warning", "failure")


def add_check_run(
    hub: Hub, repository: Repository, caller: Caller, asked: Mapping[str, Any]
) -> Row:
    """Add a check run to a commit.

    Raises:
        RefusedError: 403, people have no check runs; 422, no such commit, or GitHub would not take
            a field.
    """
    if not caller.is_job:
        raise RefusedError(403, "You must authenticate via a GitHub App.")
    sha = repository.git.find(str(asked.get("head_sha") or ""))
    if sha is None:
        raise RefusedError(422, f"No commit found for SHA: {asked.get('head_sha')}")
    output = _checked(asked)
    number = hub.store.insert(
        "check_runs",
        repository=repository.id,
        sha=sha,
        name=str(asked.get("name") or ""),
        external_id=str(asked.get("external_id") or ""),
        details_url=asked.get("details_url"),
        status="completed" if asked.get("conclusion") else asked.get("status") or "queued",
        conclusion=asked.get("conclusion"),
        title=output.get("title"),
        summary=output.get("summary"),
        text=output.get("text"),
        annotations=json.dumps(output.get("annotations") or []),
        creator=caller.login,
        started_at=now(),
        completed_at=now() if asked.get("conclusion") else None,
    )
    return find_check_run(hub, repository, number)


def update_check_run(
    hub: Hub, repository: Repository, number: int, asked: Mapping[str, Any]
) -> Row:
    """Change a check run; annotations are added to those it has, as on GitHub.

    Raises:
        RefusedError: 404, there is none; 422, GitHub would not take a field.
    """
    found = find_check_run(hub, repository, number)
    output = _checked(asked)
    annotations = [*loads(found["annotations"]), *(output.get("annotations") or [])]
    hub.store.change(
        "UPDATE check_runs SET status = ?, conclusion = ?, title = ?, summary = ?, text = ?, "
        "annotations = ? WHERE id = ?",
        "completed" if asked.get("conclusion") else asked.get("status") or found["status"],
        asked.get("conclusion") or found["conclusion"],
        output.get("title") or found["title"],
        output.get("summary") or found["summary"],
        output.get("text") or found["text"],
        json.dumps(annotations),
        number,
    )
    return find_check_run(hub, repository, number)


def find_check_run(hub: Hub, repository: Repository, number: int) -> Row:
    """Return a check run.

    Raises:
        RefusedError: 404, there is none.
    """
    found = hub.store.row(
        "SELECT * FROM check_runs WHERE id = ? AND repository = ?", number, repository.id
    )
    if found is None:
        raise not_found()
    return found


def latest_check_runs(hub: Hub, repository: Repository, sha: str) -> list[Row]:
    """Return the newest check run of each name on a commit, by name."""
    rows = hub.store.rows(
        "SELECT * FROM check_runs WHERE repository = ? AND sha = ? ORDER BY id", repository.id, sha
    )
    latest = {row["name"]: row for row in rows}
    return [latest[name] for name in sorted(latest)]


def annotations_of(check_run: Row) -> list[dict[str, Any]]:
    """Return the annotations of a check run, in the order in which they came."""
    return list(loads(check_run["annotations"]))


def _checked(asked: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the output of a request once everything that GitHub checks has been checked."""
    if asked.get("status") not in (None, *_STATUSES):
        raise invalid("CheckRun", "status", "is not included in the list")
    if asked.get("conclusion") not in (None, *_CONCLUSIONS):
        raise invalid("CheckRun", "conclusion", "is not included in the list")
    output: Mapping[str, Any] = asked.get("output") or {}
    if output and not (output.get("title") and output.get("summary")):
        raise invalid("CheckRun", "output", "needs a title and a summary")
    if any(len(str(output.get(name) or "")) > _LONGEST_TEXT for name in ("summary", "text")):
        raise invalid("CheckRun", "output", f"exceeds a maximum of {_LONGEST_TEXT} characters")
    annotations = output.get("annotations") or []
    if len(annotations) > MOST_ANNOTATIONS:
        raise invalid("CheckRun", "annotations", f"exceeds a maximum of {MOST_ANNOTATIONS}")
    for one in annotations:
        _check_annotation(one)
    return output


def _check_annotation(asked: Mapping[str, Any]) -> None:
    lines = asked.get("start_line"), asked.get("end_line")
    if not all(isinstance(line, int) and line > 0 for line in lines):
        raise invalid("CheckRun", "annotations", "start_line and end_line are numbers from 1")
    if asked.get("annotation_level") not in _LEVELS:
        raise invalid("CheckRun", "annotation_level", "is not included in the list")
    if not (asked.get("path") and asked.get("message")):
        raise invalid("CheckRun", "annotations", "need a path and a message")

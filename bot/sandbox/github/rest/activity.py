"""The activities of a repository: who pushed, forced, merged, made or deleted a branch."""

import base64
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode

from bot.sandbox.github.activity import KINDS, list_activities
from bot.sandbox.github.refused import unprocessable
from bot.sandbox.github.rest.bodies import Json, node_id
from bot.sandbox.github.rest.call import Answer, Call, Operation
from bot.sandbox.github.store import TIME_FORMAT, Row

_BRANCH = "refs/heads/"
_DAYS = {"day": 1, "week": 7, "month": 30, "quarter": 90, "year": 365}
_CURSOR = "v1:"


def _list(call: Call) -> Answer:
    direction = _choice(call, "direction", ("asc", "desc")) or "desc"
    kind = _choice(call, "activity_type", KINDS)
    period = _choice(call, "time_period", tuple(_DAYS))
    found = [
        row
        for row in list_activities(call.hub, call.repository)
        if _ref(call) in (None, row["ref"])
        and call.query.get("actor", row["actor"]).lower() == row["actor"].lower()
        and kind in (None, row["kind"])
        and (period is None or row["at"] >= _start(period))
    ]
    return _page(call, found if direction == "desc" else found[::-1])


def _choice(call: Call, name: str, allowed: tuple[str, ...]) -> str | None:
    value = call.query.get(name)
    if value is not None and value not in allowed:
        raise unprocessable(f"{name} must be one of {', '.join(allowed)}")
    return value


def _ref(call: Call) -> str | None:
    """Return the asked ref in full; GitHub takes a branch's name alone as well."""
    ref = call.query.get("ref")
    return ref and _BRANCH + ref.removeprefix(_BRANCH)


def _start(period: str) -> str:
    return (datetime.now(UTC) - timedelta(days=_DAYS[period])).strftime(TIME_FORMAT)


def _page(call: Call, rows: Sequence[Row]) -> Answer:
    """Return the rows beside the asked cursor; these pages have no numbers."""
    start, stop = _window(call, [row["id"] for row in rows])
    shown = rows[start:stop]
    links = {}
    if shown and stop < len(rows):
        links["next"] = {"after": _cursor(shown[-1])}
    if shown and start > 0:
        links["prev"] = {"before": _cursor(shown[0])}
    return Answer([_body(call, row) for row in shown], headers=_headers(call, links))


def _window(call: Call, ids: list[int]) -> tuple[int, int]:
    if "before" in call.query:
        stop = _position(ids, call.query["before"])
        return max(stop - call.per_page, 0), stop
    start = _position(ids, call.query["after"]) + 1 if "after" in call.query else 0
    return start, start + call.per_page


def _cursor(row: Row) -> str:
    return base64.urlsafe_b64encode(f"{_CURSOR}{row['id']}".encode()).decode()


def _position(ids: list[int], cursor: str) -> int:
    try:
        text = base64.urlsafe_b64decode(cursor).decode()
        return ids.index(int(text.removeprefix(_CURSOR)))
    except ValueError as error:
        raise unprocessable("The cursor is invalid") from error


def _headers(call: Call, links: dict[str, dict[str, str]]) -> dict[str, str]:
    kept = {key: value for key, value in call.query.items() if key not in ("before", "after")}
    parts = [
        f'<{call.url}?{urlencode({**kept, **cursor})}>; rel="{rel}"'
        for rel, cursor in links.items()
    ]
    return {"link": ", ".join(parts)} if parts else {}


def _body(call: Call, row: Row) -> Json:
    return {
        "id": row["id"],
        "node_id": node_id("Activity", row["id"]),
        "before": row["before_sha"],
        "after": row["after_sha"],
        "ref": row["ref"],
        "timestamp": row["at"],
        "activity_type": row["kind"],
        "actor": call.bodies.account(row["actor"]),
    }


OPERATIONS = (Operation("GET", "/repos/{owner}/{repo}/activity", _list, ("contents",)),)

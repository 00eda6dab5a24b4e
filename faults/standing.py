"""What both services hold at the end, without what differs from run to run."""

import json
import re
from collections.abc import Iterator, Mapping

from bot.sandbox.github.store import Row
from faults.world import World

Standing = Mapping[str, str]
"""What each thing is, by a name for it."""

INTRUDER = "touched-by"
"""The tag that the second writer leaves."""

_VOLATILE = (
    (re.compile(r"https?://127\.0\.0\.1:\d+"), "URL"),
    (re.compile(r"/actions/runs/\d+"), "/actions/runs/RUN"),
    (re.compile(r"\b20\d\d-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d+)?)?(\+00:00|Z)?"), "TIME"),
    (re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"), "UUID"),
    (re.compile(r"\benvbot-context-\w+"), "CONTEXT"),
    (re.compile(r"\b(?:[0-9a-f]{64}|[0-9a-f]{40}|[0-9a-f]{32}|[0-9a-f]{12}|[0-9a-f]{7})\b"), "HEX"),
)
_MARKER = re.compile(r"<!-- envbot:v1 kind=(\w+).*? -->\n")
# Uploads and what is made of them have no effect until a job or a version names them.
_MEANS = ("codes", "code-hashes", "components", "runs", "datasets", "data")
_TRANSIENT = ("systemData", "pendingOperation", "submitted", "span", "run")
_SHOWN = 160  # characters of a text that differs
_RECORDS = "refs/envbot/"


def read_standing(world: World) -> Standing:
    """Return how a world stands."""
    return dict([*_azure(world), *_comments(world), *_statuses(world), *_refs(world)])


def _azure(world: World) -> Iterator[tuple[str, str]]:
    for key, body in world.azure.resources().items():
        if not any(f"/{kind}/" in key for kind in _MEANS):
            yield f"azure {key}", _normal(json.dumps(_lasting(body), sort_keys=True))


def _lasting(value: object) -> object:
    if isinstance(value, list):
        return [_lasting(one) for one in value]
    if not isinstance(value, dict):
        return value
    left_out = (*_TRANSIENT, INTRUDER)
    return {name: _lasting(one) for name, one in value.items() if name not in left_out}


def _comments(world: World) -> Iterator[tuple[str, str]]:
    """Yield each comment: of the bot's own, which it is and what its first line says."""
    found: dict[str, list[str]] = {}
    store = world.hub.store
    for row in store.rows("SELECT * FROM comments ORDER BY id"):
        marker = _MARKER.match(row["body"])
        kind = marker[1] if marker else row["body"]
        name = f"comment {row['issue']} by {row['author']}: {kind}"
        first = _MARKER.sub("", row["body"], count=1).split("\n", 1)[0]
        # A run that goes on with another's work counts its own share.
        first = "applied" if kind == "apply" and first.startswith("## 🟢") else first
        found.setdefault(name, []).append(f"{_normal(first)} {_reactions(world, row)}".strip())
    yield from ((name, " | ".join(texts)) for name, texts in found.items())


def _reactions(world: World, comment: Row) -> str:
    sql = "SELECT content FROM reactions WHERE comment = ? ORDER BY content"
    return " ".join(row["content"] for row in world.hub.store.rows(sql, comment["id"]))


def _statuses(world: World) -> Iterator[tuple[str, str]]:
    """Yield the newest of each status, by the branch whose head has it."""
    git = world.repository.git
    for ref, commit in git.refs("refs/heads/").items():
        sql = "SELECT * FROM statuses WHERE sha = ? ORDER BY id"
        for row in world.hub.store.rows(sql, commit):
            text = f"{row['state']}, {_normal(row['description'] or '')}"
            yield f"status {row['context']} of {ref}", text


def _refs(world: World) -> Iterator[tuple[str, str]]:
    """Yield each ref: of the bot's records the document, of a branch its tree and its length."""
    git = world.repository.git
    for ref in git.refs():
        if ref.startswith(_RECORDS):
            name = re.sub(r"[0-9a-f]{12}$", "HEX", ref)
            files = git.text("ls-tree", "-r", "--name-only", ref).splitlines()
            yield f"ref {name}", _normal("".join(git.text("show", f"{ref}:{one}") for one in files))
        elif ref.startswith("refs/heads/"):
            length = git.text("rev-list", "--count", ref)
            yield f"ref {ref}", f"{git.text('rev-parse', f'{ref}^{{tree}}')} after {length} commits"


def _normal(text: str) -> str:
    for pattern, name in _VOLATILE:
        text = pattern.sub(name, text)
    return text


def differences(found: Standing, expected: Standing, *, failed: bool) -> Iterator[str]:
    """Yield where two standings differ; after a failure that was told, 👎 may stay beside 🚀."""
    for name in sorted({*found, *expected}):
        is_, should = found.get(name, "nothing"), expected.get(name, "nothing")
        if failed and name.startswith("comment "):
            is_ = is_.replace("-1 ", "")
        if is_ != should:
            yield f"{name}: {_around(is_, should)}, not {_around(should, is_)}"


def _around(text: str, other: str) -> str:
    """Return the part of a long text that differs from another."""
    same = next((n for n, (a, b) in enumerate(zip(text, other, strict=False)) if a != b), 0)
    start = max(same - 40, 0) if len(text) > _SHOWN else 0
    return f"`{text[start : start + _SHOWN]}`"

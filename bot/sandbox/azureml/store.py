"""What the sandbox remembers: one SQLite file that a second process may write to."""

import json
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

DATABASE = "azureml.db"
BUSY_SECONDS = 10.0

_SCHEMA = """
CREATE TABLE IF NOT EXISTS resource (
    key TEXT PRIMARY KEY, collection TEXT NOT NULL, seq INTEGER NOT NULL, body TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS resource_by_collection ON resource (collection, seq);
CREATE TABLE IF NOT EXISTS operation (id TEXT PRIMARY KEY, body TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS blob (
    path TEXT PRIMARY KEY, data BLOB NOT NULL, metadata TEXT NOT NULL,
    modified REAL NOT NULL
);
CREATE TABLE IF NOT EXISTS setting (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS request (
    seq INTEGER PRIMARY KEY, at REAL NOT NULL, method TEXT NOT NULL, target TEXT NOT NULL,
    status INTEGER NOT NULL, client TEXT NOT NULL, known INTEGER NOT NULL
);
"""


@dataclass(frozen=True, slots=True)
class Blob:
    """A stored blob; `modified` is in seconds since 1970."""

    path: str
    data: bytes
    metadata: Mapping[str, str]
    modified: float


class Store:
    """Resources by lower-cased ARM id, operations, blobs, settings and the request log."""

    def __init__(self, state: Path) -> None:
        """Open, and create when absent, the database below the folder `state`."""
        state.mkdir(parents=True, exist_ok=True)
        self._db = sqlite3.connect(
            state / DATABASE, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False
        )
        self._db.execute("PRAGMA journal_mode=WAL")
        # In WAL mode this survives the death of the process; only a power cut may lose a commit.
        self._db.execute("PRAGMA synchronous=NORMAL")
        self._db.executescript(_SCHEMA)

    def close(self) -> None:
        """Close the database; the store is unusable afterwards."""
        self._db.close()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Make every write inside the block take effect together, or none of them."""
        self._db.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self._db.execute("ROLLBACK")
            raise
        self._db.execute("COMMIT")

    def get(self, resource_id: str) -> dict[str, Any] | None:
        """Return the resource with that id, whatever the case of its letters, or None."""
        row = self._db.execute(
            "SELECT body FROM resource WHERE key = ?", (resource_id.lower(),)
        ).fetchone()
        return json.loads(row[0]) if row else None

    def put(self, resource_id: str, collection: str, body: Mapping[str, Any]) -> None:
        """Create or replace a resource; one that exists keeps its place in its collection."""
        self._db.execute(
            "INSERT INTO resource VALUES (?1, ?2, (SELECT 1 + coalesce(max(seq), 0) FROM resource"
            " WHERE collection = ?2), ?3) ON CONFLICT (key) DO UPDATE SET body = excluded.body",
            (resource_id.lower(), collection.lower(), json.dumps(body)),
        )

    def delete(self, resource_id: str) -> bool:
        """Remove a resource and everything below it; return whether there was one."""
        key = resource_id.lower()
        below = self._db.execute(
            "DELETE FROM resource WHERE key = ?1 OR substr(key, 1, length(?1) + 1) = ?1 || '/'",
            (key,),
        )
        return below.rowcount > 0

    def members(self, collection: str) -> list[dict[str, Any]]:
        """Return a collection's resources in order of creation."""
        rows = self._db.execute(
            "SELECT body FROM resource WHERE collection = ? ORDER BY seq", (collection.lower(),)
        )
        return [json.loads(body) for (body,) in rows]

    def resources(self) -> dict[str, dict[str, Any]]:
        """Return every resource by its key, in order of the keys."""
        rows = self._db.execute("SELECT key, body FROM resource ORDER BY key")
        return {key: json.loads(body) for key, body in rows}

    def operation(self, operation_id: str) -> dict[str, Any] | None:
        """Return a long-running operation's record, or None."""
        row = self._db.execute(
            "SELECT body FROM operation WHERE id = ?", (operation_id.lower(),)
        ).fetchone()
        return json.loads(row[0]) if row else None

    def put_operation(self, operation_id: str, body: Mapping[str, Any]) -> None:
        """Create or replace a long-running operation's record."""
        self._db.execute(
            "INSERT OR REPLACE INTO operation VALUES (?, ?)",
            (operation_id.lower(), json.dumps(body)),
        )

    def blob(self, path: str) -> Blob | None:
        """Return the blob at `container/name`, or None."""
        row = self._db.execute("SELECT * FROM blob WHERE path = ?", (path,)).fetchone()
        return Blob(row[0], row[1], json.loads(row[2]), row[3]) if row else None

    def blobs(self, prefix: str) -> list[Blob]:
        """Return the blobs whose path starts with `prefix`, sorted by path."""
        rows = self._db.execute(
            "SELECT * FROM blob WHERE substr(path, 1, length(?1)) = ?1 ORDER BY path", (prefix,)
        )
        return [Blob(row[0], row[1], json.loads(row[2]), row[3]) for row in rows]

    def put_blob(self, blob: Blob) -> None:
        """Create or replace a blob."""
        self._db.execute(
            "INSERT OR REPLACE INTO blob VALUES (?, ?, ?, ?)",
            (blob.path, blob.data, json.dumps(dict(blob.metadata)), blob.modified),
        )

    def delete_blob(self, path: str) -> bool:
        """Remove a blob; return whether there was one."""
        return self._db.execute("DELETE FROM blob WHERE path = ?", (path,)).rowcount > 0

    def setting(self, name: str, default: Any = None) -> Any:
        """Return a setting's value, or `default`."""
        row = self._db.execute("SELECT value FROM setting WHERE name = ?", (name,)).fetchone()
        return json.loads(row[0]) if row else default

    def put_setting(self, name: str, value: Any) -> None:
        """Set a setting to any JSON value."""
        self._db.execute("INSERT OR REPLACE INTO setting VALUES (?, ?)", (name, json.dumps(value)))

    def log(self, entry: "Request") -> None:
        """Add one answered request to the log."""
        self._db.execute(
            "INSERT INTO request VALUES (NULL, ?, ?, ?, ?, ?, ?)",
            (entry.at, entry.method, entry.target, entry.status, entry.client, entry.known),
        )

    def requests(self, *, after: int = 0) -> list["Request"]:
        """Return the logged requests with a number above `after`, in order."""
        rows = self._db.execute(
            "SELECT at, method, target, status, client, known, seq FROM request WHERE seq > ?"
            " ORDER BY seq",
            (after,),
        )
        return [Request(*row) for row in rows]

    def clear(self) -> None:
        """Forget everything: resources, operations, blobs, settings and the log."""
        for statement in _CLEAR:
            self._db.execute(statement)


_CLEAR = (
    "DELETE FROM resource",
    "DELETE FROM operation",
    "DELETE FROM blob",
    "DELETE FROM setting",
    "DELETE FROM request",
)


@dataclass(frozen=True, slots=True)
class Request:
    """One request as answered; `at` is in seconds since 1970, `seq` its number in the log."""

    at: float
    method: str
    target: str
    status: int
    client: str
    known: bool
    seq: int = 0

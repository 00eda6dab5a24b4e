"""What the sandbox remembers beside git: one SQLite file that survives a restart."""

import json
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

_SCHEMA = """
CREATE TABLE IF NOT EXISTS accounts (
    id INTEGER PRIMARY KEY, login TEXT NOT NULL UNIQUE COLLATE NOCASE, type TEXT NOT NULL,
    created_at TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS tokens (
    token TEXT PRIMARY KEY, login TEXT NOT NULL, repository INTEGER, permissions TEXT,
    run INTEGER, job TEXT);
CREATE TABLE IF NOT EXISTS repositories (
    id INTEGER PRIMARY KEY, owner TEXT NOT NULL, name TEXT NOT NULL, default_branch TEXT NOT NULL,
    next_number INTEGER NOT NULL DEFAULT 1, settings TEXT NOT NULL, created_at TEXT NOT NULL,
    UNIQUE (owner, name));
CREATE TABLE IF NOT EXISTS collaborators (
    repository INTEGER NOT NULL, login TEXT NOT NULL COLLATE NOCASE, permission TEXT NOT NULL,
    PRIMARY KEY (repository, login));
CREATE TABLE IF NOT EXISTS teams (
    id INTEGER PRIMARY KEY, organisation TEXT NOT NULL COLLATE NOCASE, slug TEXT NOT NULL,
    UNIQUE (organisation, slug));
CREATE TABLE IF NOT EXISTS team_members (
    team INTEGER NOT NULL, login TEXT NOT NULL COLLATE NOCASE, PRIMARY KEY (team, login));
CREATE TABLE IF NOT EXISTS issues (
    id INTEGER PRIMARY KEY, repository INTEGER NOT NULL, number INTEGER NOT NULL,
    title TEXT NOT NULL, body TEXT, author TEXT NOT NULL, state TEXT NOT NULL,
    state_reason TEXT, labels TEXT NOT NULL DEFAULT '[]', created_at TEXT NOT NULL,
    updated_at TEXT NOT NULL, closed_at TEXT, UNIQUE (repository, number));
CREATE TABLE IF NOT EXISTS pulls (
    issue INTEGER PRIMARY KEY, base_ref TEXT NOT NULL, base_sha TEXT NOT NULL,
    head_ref TEXT NOT NULL, head_sha TEXT NOT NULL, draft INTEGER NOT NULL,
    merged_at TEXT, merge_commit_sha TEXT, merged_by TEXT);
CREATE TABLE IF NOT EXISTS comments (
    id INTEGER PRIMARY KEY AUTOINCREMENT, issue INTEGER NOT NULL, author TEXT NOT NULL,
    body TEXT NOT NULL, created_at TEXT NOT NULL, updated_at TEXT NOT NULL,
    last_edited_at TEXT);
CREATE TABLE IF NOT EXISTS reactions (
    id INTEGER PRIMARY KEY, comment INTEGER NOT NULL, login TEXT NOT NULL, content TEXT NOT NULL,
    created_at TEXT NOT NULL, UNIQUE (comment, login, content));
CREATE TABLE IF NOT EXISTS reviews (
    id INTEGER PRIMARY KEY, issue INTEGER NOT NULL, author TEXT NOT NULL, state TEXT NOT NULL,
    body TEXT NOT NULL, commit_id TEXT NOT NULL, submitted_at TEXT);
CREATE TABLE IF NOT EXISTS statuses (
    id INTEGER PRIMARY KEY, repository INTEGER NOT NULL, sha TEXT NOT NULL, state TEXT NOT NULL,
    context TEXT NOT NULL, description TEXT, target_url TEXT, creator TEXT NOT NULL,
    created_at TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS check_runs (
    id INTEGER PRIMARY KEY, repository INTEGER NOT NULL, sha TEXT NOT NULL, name TEXT NOT NULL,
    external_id TEXT NOT NULL, details_url TEXT, status TEXT NOT NULL, conclusion TEXT,
    title TEXT, summary TEXT, text TEXT, annotations TEXT NOT NULL, creator TEXT NOT NULL,
    started_at TEXT NOT NULL, completed_at TEXT);
CREATE TABLE IF NOT EXISTS deployments (
    id INTEGER PRIMARY KEY, repository INTEGER NOT NULL, sha TEXT NOT NULL, ref TEXT NOT NULL,
    task TEXT NOT NULL, environment TEXT NOT NULL, description TEXT, payload TEXT NOT NULL,
    creator TEXT NOT NULL, created_at TEXT NOT NULL, updated_at TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS deployment_statuses (
    id INTEGER PRIMARY KEY, deployment INTEGER NOT NULL, state TEXT NOT NULL,
    description TEXT NOT NULL, log_url TEXT NOT NULL, environment_url TEXT NOT NULL,
    creator TEXT NOT NULL, created_at TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS runs (
    id INTEGER PRIMARY KEY, repository INTEGER NOT NULL, workflow TEXT NOT NULL,
    name TEXT NOT NULL, event TEXT NOT NULL, actor TEXT NOT NULL, head_branch TEXT NOT NULL,
    head_sha TEXT NOT NULL, number INTEGER, status TEXT NOT NULL, conclusion TEXT,
    payload TEXT NOT NULL, created_at TEXT NOT NULL, updated_at TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS jobs (
    id INTEGER PRIMARY KEY, run INTEGER NOT NULL, job TEXT NOT NULL, status TEXT NOT NULL,
    conclusion TEXT, outputs TEXT NOT NULL DEFAULT '{}', started_at TEXT, completed_at TEXT,
    UNIQUE (run, job));
CREATE TABLE IF NOT EXISTS activities (
    id INTEGER PRIMARY KEY, repository INTEGER NOT NULL, ref TEXT NOT NULL,
    before_sha TEXT NOT NULL, after_sha TEXT NOT NULL, kind TEXT NOT NULL, actor TEXT NOT NULL,
    at TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS calls (
    id INTEGER PRIMARY KEY, method TEXT NOT NULL, path TEXT NOT NULL, login TEXT NOT NULL,
    at TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS unknown_calls (
    id INTEGER PRIMARY KEY, method TEXT NOT NULL, path TEXT NOT NULL, at TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS comments_of_issue ON comments (issue);
CREATE INDEX IF NOT EXISTS statuses_of_sha ON statuses (repository, sha);
CREATE INDEX IF NOT EXISTS check_runs_of_sha ON check_runs (repository, sha);
CREATE INDEX IF NOT EXISTS activities_of_repository ON activities (repository);
CREATE INDEX IF NOT EXISTS jobs_of_run ON jobs (run);
"""

Row = sqlite3.Row
TIME_FORMAT = "%Y-%m-%dT%H:%M:%SZ"


def now() -> str:
    """Return the present as GitHub writes times: UTC, to the second, with `Z`."""
    return datetime.now(UTC).strftime(TIME_FORMAT)


class Store:
    """SQL on the sandbox's state; every call is atomic, `transaction` makes several so."""

    def __init__(self, path: Path) -> None:
        self._lock = threading.RLock()
        self._connection = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
        self._connection.row_factory = sqlite3.Row
        self._connection.execute("PRAGMA journal_mode = WAL")
        self._connection.execute("PRAGMA synchronous = NORMAL")
        self._connection.execute("PRAGMA busy_timeout = 10000")
        self._connection.executescript(_SCHEMA)

    def rows(self, sql: str, *values: object) -> list[Row]:
        """Return the rows that `sql` selects."""
        with self._lock:
            return self._connection.execute(sql, values).fetchall()

    def row(self, sql: str, *values: object) -> Row | None:
        """Return the first row that `sql` selects, or None."""
        return next(iter(self.rows(sql, *values)), None)

    def change(self, sql: str, *values: object) -> int:
        """Run an UPDATE or DELETE and return the number of rows it touched."""
        with self._lock:
            return self._connection.execute(sql, values).rowcount

    def insert(self, table: str, **values: object) -> int:
        """Insert one row into `table` and return its id."""
        names = ", ".join(values)
        marks = ", ".join("?" for _ in values)
        sql = f"INSERT INTO {table} ({names}) VALUES ({marks})"  # noqa: S608 (names are literals in this package)
        with self._lock:
            return self._connection.execute(sql, tuple(values.values())).lastrowid or 0

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Hold the store for the block: all of its changes are kept, or none is."""
        with self._lock:
            if self._connection.in_transaction:
                yield
                return
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield
            except BaseException:
                self._connection.execute("ROLLBACK")
                raise
            self._connection.execute("COMMIT")

    def close(self) -> None:
        """Close the file; the store cannot be used afterwards."""
        with self._lock:
            self._connection.close()


def loads(text: str) -> Any:
    """Return the value of a JSON column."""
    return json.loads(text)

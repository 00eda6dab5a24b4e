"""Plumbing on the sandbox's bare repositories."""

import os
import re
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

ZERO = "0" * 40
_WHO = "GitHub <noreply@github.com>"
_ID = "[0-9a-f]{40}"
_OF_IDS = re.compile(rf"\^?{_ID}(\.\.{_ID})?")
_QUIET = {
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_TERMINAL_PROMPT": "0",
    "LC_ALL": "C.UTF-8",
}


class GitError(Exception):
    """git refused; the text is what it wrote to stderr."""


def git_environment() -> dict[str, str]:
    """Return the process environment for git: this machine's PATH, nobody's configuration."""
    return {"PATH": os.environ.get("PATH", os.defpath), "HOME": os.devnull, **_QUIET}


@dataclass(frozen=True, slots=True)
class CommitFacts:
    """One commit as `git log` tells it; times are ISO 8601 in UTC."""

    sha: str
    tree: str
    parents: tuple[str, ...]
    author: tuple[str, str, str]
    committer: tuple[str, str, str]
    message: str


@dataclass(frozen=True, slots=True)
class FileChange:
    """One changed file of a diff; `patch` is None for binary files."""

    path: str
    before: str | None
    status: str
    additions: int
    deletions: int
    oid: str


@dataclass(frozen=True, slots=True)
class BareRepository:
    """A bare repository at `path`."""

    path: Path

    def run(
        self, *arguments: str, data: bytes = b"", env: Mapping[str, str] | None = None
    ) -> bytes:
        """Run git in this repository and return what it printed.

        Raises:
            GitError: git ended with another code than 0.
        """
        done = subprocess.run(
            ["git", "--git-dir", str(self.path), *arguments],
            input=data,
            capture_output=True,
            env={**git_environment(), **(env or {})},
            check=False,
        )
        if done.returncode:
            raise GitError(done.stderr.decode(errors="replace").strip())
        return done.stdout

    def text(self, *arguments: str) -> str:
        """Run git and return its output as text, without the last line break."""
        return self.run(*arguments).decode().rstrip("\n")

    def look(self, verb: str, *flags: str, at: tuple[str, ...]) -> bytes:
        """Run a verb that only reads; asked again at the same commit ids it answers by itself."""
        if all(_OF_IDS.fullmatch(revision) for revision in at):
            return _lasting(self, verb, *flags, *at)
        return self.run(verb, *flags, *at)

    def find(self, revision: str) -> str | None:
        """Return the commit id that `revision` names, or None."""
        try:
            return self.text("rev-parse", "--verify", "--quiet", f"{revision}^{{commit}}")
        except GitError:
            return None

    def files(self, revision: str, folder: str) -> Mapping[str, bytes]:
        """Return the files right below a folder of a commit, by path; none where it is none."""
        try:
            tree = self.text("rev-parse", "--verify", "--quiet", f"{revision}:{folder}")
        except GitError:
            return {}
        return {f"{folder}/{name}": data for name, data in _files(self, tree)}

    def refs(self, prefix: str = "refs/") -> dict[str, str]:
        """Return every ref below `prefix` with the object it points at."""
        listing = self.text("for-each-ref", "--format=%(objectname) %(refname)", prefix)
        pairs = (line.split(" ", 1) for line in listing.splitlines())
        return {name: sha for sha, name in pairs}

    def set_ref(self, ref: str, sha: str, *, before: str = "") -> None:
        """Point `ref` at `sha`; with `before`, only while it still points there.

        Raises:
            GitError: the ref has moved, or the name or the object is not valid.
        """
        self.run("update-ref", ref, sha, *([before] if before else []))

    def delete_ref(self, ref: str) -> None:
        """Remove `ref`."""
        self.run("update-ref", "-d", ref)

    def is_ancestor(self, older: str, newer: str) -> bool:
        """Tell whether `newer` contains `older`."""
        try:
            self.run("merge-base", "--is-ancestor", older, newer)
        except GitError:
            return False
        return True

    def merge_base(self, one: str, other: str) -> str:
        """Return the best common ancestor, or `one` when the histories are unrelated."""
        try:
            return self.look("merge-base", at=(one, other)).decode().rstrip("\n")
        except GitError:
            return one

    def commits(self, *revisions: str, limit: int = 250) -> list[CommitFacts]:
        """Return the commits that `revisions` select, oldest first."""
        fields = "%H%x00%T%x00%P%x00%an%x00%ae%x00%aI%x00%cn%x00%ce%x00%cI%x00%B%x00%x1e"
        flags = ("--reverse", f"--max-count={limit}", f"--format={fields}", "--end-of-options")
        listing = self.look("log", *flags, at=revisions).decode(errors="replace")
        return [_commit(entry) for entry in listing.split("\x1e") if entry.strip()]

    def diff(self, before: str, after: str) -> list[FileChange]:
        """Return the files that differ between two commits, renames found, by path."""
        flags = ("--raw", "--numstat", "-z", "-M", "--no-abbrev")
        raw = self.look("diff", *flags, at=(before, after))
        return _file_changes(raw.decode(errors="surrogateescape"))

    def patch(self, before: str, after: str, *paths: str) -> str:
        """Return the unified hunks of one file between two commits; empty for binary files."""
        text = self.run("diff", "-M", before, after, "--", *paths).decode(errors="replace")
        start = text.find("\n@@")
        return text[start + 1 :].rstrip("\n") if start >= 0 else ""

    def merge_tree(self, base: str, head: str) -> str | None:
        """Return the tree of the merge of two commits, or None when they conflict."""
        try:
            return self.text("merge-tree", "--write-tree", base, head).splitlines()[0]
        except GitError:
            return None

    def commit_tree(self, tree: str, parents: tuple[str, ...], message: str, author: str) -> str:
        """Write a commit of `tree` as GitHub does for its merge button; return its id."""
        name, _, email = author.partition(" <")
        committer, _, address = _WHO.partition(" <")
        environment = {
            "GIT_AUTHOR_NAME": name,
            "GIT_AUTHOR_EMAIL": email.rstrip(">"),
            "GIT_COMMITTER_NAME": committer,
            "GIT_COMMITTER_EMAIL": address.rstrip(">"),
        }
        parent_flags = [flag for parent in parents for flag in ("-p", parent)]
        written = self.run(
            "commit-tree", tree, *parent_flags, data=message.encode(), env=environment
        )
        return written.decode().strip()


@lru_cache(maxsize=1024)
def _lasting(repository: BareRepository, *arguments: str) -> bytes:
    """Run git; what it says about commits by their ids never changes."""
    return repository.run(*arguments)


@lru_cache(maxsize=64)
def _files(repository: BareRepository, tree: str) -> tuple[tuple[str, bytes], ...]:
    listing = repository.text("ls-tree", "--format=%(objecttype) %(path)", tree).splitlines()
    names = (line.removeprefix("blob ") for line in listing if line.startswith("blob "))
    return tuple((name, repository.run("cat-file", "blob", f"{tree}:{name}")) for name in names)


def _commit(entry: str) -> CommitFacts:
    parts = entry.lstrip("\n").split("\x00")
    return CommitFacts(
        sha=parts[0],
        tree=parts[1],
        parents=tuple(parts[2].split()),
        author=(parts[3], parts[4], parts[5]),
        committer=(parts[6], parts[7], parts[8]),
        message=parts[9].rstrip("\n"),
    )


_STATUS = {"A": "added", "D": "removed", "M": "modified", "R": "renamed", "T": "changed"}


def _file_changes(text: str) -> list[FileChange]:
    fields = iter(text.split("\x00"))
    seen: dict[str, tuple[str, str, str | None]] = {}
    changes = []
    for field in fields:
        if field.startswith(":"):
            _, _, _, oid, letter = field.split(" ")
            first = next(fields)
            renamed = letter[0] in "RC"
            path = next(fields) if renamed else first
            seen[path] = (_STATUS.get(letter[0], "modified"), oid, first if renamed else None)
        elif field:
            added, removed, path = field.split("\t")
            if not path:
                next(fields)
                path = next(fields)
            status, oid, before = seen[path]
            changes.append(FileChange(path, before, status, _count(added), _count(removed), oid))
    return changes


def _count(text: str) -> int:
    return 0 if text == "-" else int(text)

"""The repository as the handlers see it: commits in, trees and decisions' commits out."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from pathlib import Path

from bot.adapters.git.history import (
    first_parent_changes,
    first_parent_history,
    newest_changes,
)
from bot.adapters.git.objects import Objects, changed_paths
from bot.adapters.git.parting import find_parting
from bot.adapters.git.process import FETCH, Git, GitError
from bot.adapters.git.writing import Signature, write_commit
from bot.core.history import FileChange, HistoryEntry
from bot.core.tree import Tree
from bot.errors import BotError, PushRefusedError

# What git says when another push came first; every other refusal is a failure.
_LOST_RACE = ("[rejected]", "failed to update ref", "cannot lock ref", "reference already exists")
# What it says when a hook or a protection rule of the server declined.
_RULE = "[remote rejected]"


class GitRepository:
    """One local repository and its `origin`."""

    name = "envbot"
    email = "envbot@users.noreply.github.com"

    def __init__(self, git: Git) -> None:
        self.git = git
        self._objects = Objects(git)

    @classmethod
    def at(
        cls, root: Path, *, token: str | None = None, server: str = "https://github.com/"
    ) -> "GitRepository":
        """Return the repository at `root`; `token` is shown to `server` alone."""
        return cls(Git(root, token, server))

    def fetch(self, *commits: str) -> None:
        """Bring `commits`, by id, with their history; those already here cost no network call."""
        missing = [commit for commit in commits if not self._has(commit)]
        if missing:
            self.git.run(*FETCH, "origin", *missing)

    def fetch_if_there(self, commit: str) -> bool:
        """Bring one commit; False where `origin` no longer has it (a force-push dropped it)."""
        try:
            self.fetch(commit)
        except GitError as error:
            if "not our ref" in error.stderr:
                return False
            raise
        return True

    def fetch_branch(self, branch: str) -> str:
        """Return the commit that `branch` has at `origin` now, fetched."""
        self.git.run(*FETCH, "origin", f"+refs/heads/{branch}:refs/remotes/origin/{branch}")
        return self.resolve(f"refs/remotes/origin/{branch}")

    def resolve(self, revision: str) -> str:
        """Return the commit id of `revision`.

        Raises:
            BotError: there is no such commit here, or no repository.
        """
        try:
            return self.git.text(
                "rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}"
            )
        except GitError as error:
            if error.stderr:
                raise
            raise BotError(f"There is no commit `{revision}` in {self.git.root}.") from error

    def read(self, treeish: str, *prefixes: str) -> Tree:
        """Return the files of a commit or tree below `prefixes` (folders or files)."""
        return self._objects.tree(treeish, prefixes)

    def read_change(
        self, main: str, head: str, *, whole: Sequence[str], differing: Sequence[str]
    ) -> tuple[Tree, Tree]:
        """Return the trees of where `head` left `main`, and of `head`, by four processes of git.

        They hold every file below `whole`, and below `differing` those that are not alike.

        Raises:
            BotError: one of the two is no commit here, or they share no history.
        """
        found = find_parting(self.git, main, head)
        if found is None:
            self.resolve(main)
            self.resolve(head)
            raise BotError(f"{main} and {head} cannot be compared.")
        self._objects.is_partial = found.is_partial
        return self._objects.both_sides(found.base, found.head, whole=whole, differing=differing)

    def tree_id(self, treeish: str, path: str) -> str:
        """Return git's id of a folder or file, or an empty string where it does not exist."""
        found = self.git.run("ls-tree", "-z", "--full-tree", treeish, "--", path).stdout
        return found.split(b"\t")[0].split(b" ")[-1].decode("ascii") if found else ""

    def changed_paths(self, before: str, after: str) -> tuple[str, ...]:
        """Return the sorted paths that differ between two commits or trees."""
        return changed_paths(self.git, before, after)

    def merge_base(self, one: str, other: str) -> str:
        """Return the best common ancestor of two commits.

        Raises:
            BotError: they share no history.
        """
        try:
            return self.git.text("merge-base", one, other)
        except GitError as error:
            raise BotError(f"{one[:7]} and {other[:7]} share no history.") from error

    def merge_tree(self, ours: str, theirs: str) -> str | None:
        """Return the id of the tree that merging would give, or None where it conflicts."""
        merged = self.git.run(
            "merge-tree", "--write-tree", "--no-messages", ours, theirs, accept=(0, 1)
        )
        return merged.stdout.decode("ascii").split("\n", 1)[0] if merged.returncode == 0 else None

    def conflicts(self, ours: str, theirs: str) -> tuple[str, ...]:
        """Return the paths in which merging two commits conflicts, sorted."""
        merged = self.git.run(
            "merge-tree", "--write-tree", "--name-only", "--no-messages", "-z",
            ours, theirs, accept=(0, 1),
        )  # fmt: skip
        _, *paths = merged.stdout.decode("utf-8", "surrogateescape").split("\0")
        return tuple(sorted({path for path in paths if path}))

    def parents(self, commit: str) -> tuple[str, ...]:
        """Return the parents' ids, first parent first."""
        return tuple(self.git.text("rev-list", "--parents", "-n", "1", commit).split()[1:])

    def commits_between(self, before: str, after: str) -> tuple[str, ...]:
        """Return the commits of `after` that `before` has not, newest first."""
        return tuple(self.git.text("rev-list", f"{before}..{after}").split())

    def history(self, head: str, prefixes: Sequence[str]) -> tuple[HistoryEntry, ...]:
        """Return the first-parent commits of `head` that touch `prefixes`, newest first."""
        return first_parent_history(self.git, head, prefixes)

    def file_changes(self, head: str, prefixes: Sequence[str]) -> tuple[FileChange, ...]:
        """Return what first-parent commits of `head` changed below `prefixes`, newest first."""
        return first_parent_changes(self.git, head, prefixes)

    def newest_changes(
        self, head: str, paths: Collection[str], along: str, most: int | None
    ) -> tuple[FileChange, ...]:
        """Return the newest `most` changes of each file, with those of `along` that are as new."""
        return newest_changes(self.git, head, paths, along, most)

    def blobs(self, oids: Iterable[str]) -> Mapping[str, bytes]:
        """Return the bytes of these blobs by id, by one process of git at the most."""
        return self._objects.blobs(oids)

    def commit(
        self,
        parents: tuple[str, ...],
        files: Mapping[str, bytes | str | None],
        message: str,
        *,
        at: datetime,
        by: tuple[str, str] | None = None,
    ) -> str:
        """Return a new commit on `parents` in which `files` are replaced; nothing is pushed.

        A value of None removes the path, a text is the id of a tree that it gets; "" is the root.
        `by` is name and address of its author, where that is not envbot.

        The same arguments give the same id, so a repeated run makes no second commit.
        """
        signature = Signature(self.name, self.email, int(at.timestamp()))
        author = Signature(*by, signature.seconds) if by else signature
        return write_commit(self.git, parents, files, message, (author, signature))

    def push(self, commit: str, branch: str, *, onto: str | None = None) -> bool:
        """Move `branch` at `origin` forward to `commit`; False if somebody pushed in between.

        Args:
            commit: a descendant of what the branch has.
            branch: its name.
            onto: what the branch must have: it is neither made anew once it is gone, nor given
                back the commits that its owner took away. None also makes a new branch.

        Raises:
            PushRefusedError: a rule of `origin` does not let us.
            BotError: the push failed for any other reason.
        """
        ref = f"refs/heads/{branch}"
        lease = [f"--force-with-lease={ref}:{onto}"] if onto else []
        return self._push(*lease, f"{commit}:{ref}")

    def read_ref(self, ref: str) -> str | None:
        """Return the commit that `ref` has at `origin` now, fetched; None if there is none."""
        # git lists every ref whose name ends like that: any writer can make `refs/x/<ref>` too.
        listed = self.git.text("ls-remote", "--refs", "origin", ref).splitlines()
        commit = {name: oid for oid, name in (line.split("\t") for line in listed)}.get(ref)
        if commit is not None:
            self.fetch(commit)
        return commit

    def write_ref(self, ref: str, commit: str | None, *, expected: str | None) -> bool:
        """Set (or, with None, delete) `ref` at `origin` if it still is `expected`; else False."""
        lease = f"--force-with-lease={ref}:{expected or ''}"
        return self._push(lease, f"{commit or ''}:{ref}")

    def _push(self, *arguments: str) -> bool:
        options, refspec = arguments[:-1], arguments[-1]
        pushed = self.git.run("push", "--porcelain", *options, "origin", refspec, accept=(0, 1))
        if pushed.returncode == 0:
            return True
        said = (pushed.stdout + pushed.stderr).decode("utf-8", "replace")
        if any(sign in said for sign in _LOST_RACE):
            return False
        reason = next(
            (line for line in said.splitlines() if line.startswith("!")), said.strip()[-200:]
        )
        if _RULE in said:
            raise PushRefusedError(f"git push was refused: {reason}")
        raise GitError(f"git push was refused: {reason}", code=1, stderr=said)

    def _has(self, commit: str) -> bool:
        asked = self.git.run("cat-file", "-e", f"{commit}^{{commit}}", accept=(0, 1, 128))
        return asked.returncode == 0

"""The bot's commit, from blobs in memory or git objects, against what a person would type."""

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.corpus import NEXT_VERSION, VERSION, fleet, write
from benchmarks.measure import Case, Side
from benchmarks.process import git
from benchmarks.scale import Scale
from bot.adapters.folder import read_folder
from bot.adapters.git import GitRepository
from bot.adapters.in_place import write_in_place
from bot.core.config.bump import make_bump

_COPIES_TAKE_LONG = 10_000
_AT = datetime(2026, 1, 5, tzinfo=UTC)


def cases(scale: Scale, folder: Path) -> Iterator[Case]:
    """Yield cases for every size of fleet; every run begins with a fresh copy."""
    for size in scale.fleets:
        work, tree = _work(folder / str(size), size)
        if size < _COPIES_TAKE_LONG:
            yield _commit(work, tree)
        yield _edit_and_commit(work, tree)


@dataclass(frozen=True, slots=True)
class _Work:
    """A repository with a fleet, and the blobs to commit: made beforehand, for both sides."""

    origin: Path
    copy: Path
    base: str
    files: dict[str, bytes]

    def start_over(self) -> None:
        shutil.rmtree(self.copy, ignore_errors=True)
        shutil.copytree(self.origin, self.copy)

    def by_bot(self) -> str:
        repository = GitRepository.at(self.copy)
        return repository.commit((self.base,), self.files, "Bump", at=_AT)

    def by_hand(self) -> str:
        for path, data in self.files.items():
            (self.copy / path).write_bytes(data)
        return self._commit_by_hand()

    def edit_by_bot(self) -> str:
        repository = GitRepository.at(self.copy)
        tree = repository.read(self.base, "config/plants")
        bump = make_bump(tree, to=NEXT_VERSION, from_version=VERSION, selector=None)
        return repository.commit((self.base,), bump.files, "Bump", at=_AT)

    def edit_by_hand(self) -> str:
        tree = read_folder(self.copy, "config/plants")
        bump = make_bump(tree, to=NEXT_VERSION, from_version=VERSION, selector=None)
        write_in_place(self.copy, bump.files, tree)
        return self._commit_by_hand()

    def _commit_by_hand(self) -> str:
        git(self.copy, "add", "-A")
        git(self.copy, "commit", "-q", "-m", "Bump")
        return "HEAD"

    def tree(self, commit: str) -> str:
        """Return git's id of all that the commit holds."""
        return git(self.copy, "rev-parse", f"{commit}^{{tree}}")


def _work(folder: Path, size: int) -> tuple[_Work, str]:
    """Return the work of one fleet, and the tree that every side must commit."""
    origin = folder / "origin"
    before, after = fleet(size), fleet(size, NEXT_VERSION)
    write(origin, before)
    git(origin, "init", "-q", "-b", "main")
    git(origin, "add", "-A")
    git(origin, "commit", "-q", "-m", "Fleet")
    git(origin, "repack", "-a", "-d", "-q")
    changed = {path: data for path, data in after.items() if data != before[path]}
    work = _Work(origin, folder / "copy", git(origin, "rev-parse", "HEAD"), changed)
    return work, _tree_of(folder / "after", after)


def _commit(work: _Work, tree: str) -> Case:
    return Case(
        name="commit of edited blobs",
        size=len(work.files),
        ours=Side("GitRepository.commit", work.by_bot, work.tree, tree, work.start_over),
        yardstick=Side(
            "write files + git add + git commit", work.by_hand, work.tree, tree, work.start_over
        ),
    )


def _edit_and_commit(work: _Work, tree: str) -> Case:
    return Case(
        name="bump of git objects, committed",
        size=len(work.files),
        ours=Side("read, make_bump, commit", work.edit_by_bot, work.tree, tree, work.start_over),
        yardstick=Side(
            "bump of a work tree + git add + git commit",
            work.edit_by_hand,
            work.tree,
            tree,
            work.start_over,
        ),
    )


def _tree_of(folder: Path, files: dict[str, bytes]) -> str:
    write(folder, files)
    git(folder, "init", "-q")
    git(folder, "add", "-A")
    return git(folder, "write-tree")

"""The bot's commit, from blobs in memory, against what a person would type."""

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.corpus import NEXT_VERSION, fleet, write
from benchmarks.measure import Case, Side
from benchmarks.process import git
from benchmarks.scale import Scale
from bot.adapters.git import GitRepository

_AT = datetime(2026, 1, 5, tzinfo=UTC)


def cases(scale: Scale, folder: Path) -> Iterator[Case]:
    """Yield a case for every size of fleet; every run begins with a fresh copy."""
    for size in scale.fleets:
        yield _case(folder / str(size), size)


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
        git(self.copy, "add", "-A")
        git(self.copy, "commit", "-q", "-m", "Bump")
        return "HEAD"

    def tree(self, commit: str) -> str:
        """Return git's id of all that the commit holds."""
        return git(self.copy, "rev-parse", f"{commit}^{{tree}}")


def _case(folder: Path, size: int) -> Case:
    origin = folder / "origin"
    before, after = fleet(size), fleet(size, NEXT_VERSION)
    write(origin, before)
    git(origin, "init", "-q", "-b", "main")
    git(origin, "add", "-A")
    git(origin, "commit", "-q", "-m", "Fleet")
    changed = {path: data for path, data in after.items() if data != before[path]}
    work = _Work(origin, folder / "copy", git(origin, "rev-parse", "HEAD"), changed)
    tree = _tree_of(folder / "after", after)
    return Case(
        name="commit of edited blobs",
        size=len(changed),
        ours=Side("GitRepository.commit", work.by_bot, work.tree, tree, work.start_over),
        yardstick=Side(
            "write files + git add + git commit", work.by_hand, work.tree, tree, work.start_over
        ),
    )


def _tree_of(folder: Path, files: dict[str, bytes]) -> str:
    write(folder, files)
    git(folder, "init", "-q")
    git(folder, "add", "-A")
    return git(folder, "write-tree")

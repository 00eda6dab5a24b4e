"""Brings the commits of a pull request here and reads what a review compares."""

from collections.abc import Mapping

from bot.core.config.version_conflict import Sides
from bot.core.ruled import ruled_paths
from bot.core.sources import PREFIXES, Sources
from bot.core.tree import File
from bot.handlers.joining import join
from bot.handlers.ports import Repository


def read_sources(repository: Repository, main: str, head: str) -> Sources:
    """Return the trees of `head`, of `main`, of where they parted and of their merge.

    Both commits are given by id: what is pushed meanwhile does not enter.
    """
    repository.fetch(main, head)
    base = repository.merge_base(main, head)
    sides = Sides(*(repository.read(commit, *PREFIXES) for commit in (base, main, head)))
    joined, conflicts = join(repository, main, head, sides)
    return Sources(
        base=sides.base,
        main=sides.main,
        head=sides.head,
        merged=joined.tree if joined and not joined.settled else None,
        joined=joined,
        conflicts=conflicts,
        paths=repository.changed_paths(base, head),
        ruled=_ruled(repository, main, joined.tree_id if joined else head),
    )


def _ruled(repository: Repository, main: str, merged: str) -> Mapping[str, File | None]:
    paths = ruled_paths(repository.changed_paths(main, merged))
    tree = repository.read(merged, *paths) if paths else {}
    return {path: tree.get(path) for path in paths}

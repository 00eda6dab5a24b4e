"""Brings the commits of a pull request here and reads what a review compares."""

from collections.abc import Mapping

from bot.core.review import PREFIXES, Sources
from bot.core.ruled import ruled_paths
from bot.core.tree import File
from bot.handlers.ports import Repository


def read_sources(repository: Repository, main: str, head: str) -> Sources:
    """Return the trees of `head`, of `main`, of where they parted and of their merge.

    Both commits are given by id: what is pushed meanwhile does not enter.
    """
    repository.fetch(main, head)
    base = repository.merge_base(main, head)
    merged = repository.merge_tree(main, head)
    return Sources(
        base=repository.read(base, *PREFIXES),
        main=repository.read(main, *PREFIXES),
        head=repository.read(head, *PREFIXES),
        merged=repository.read(merged, *PREFIXES) if merged else None,
        paths=repository.changed_paths(base, head),
        ruled=_ruled(repository, main, merged or head),
    )


def _ruled(repository: Repository, main: str, merged: str) -> Mapping[str, File | None]:
    paths = ruled_paths(repository.changed_paths(main, merged))
    tree = repository.read(merged, *paths) if paths else {}
    return {path: tree.get(path) for path in paths}

"""Merges main into a head, also where git alone cannot because both sides set versions."""

import hashlib
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime

from bot.core.config.version_conflict import Joined, Levelled, Sides, level, settle
from bot.core.sources import PREFIXES
from bot.core.tree import File
from bot.errors import InvalidFileError
from bot.handlers.ports import Repository

# Commits that nobody ever sees: with one time for all, equal content has equal ids.
_NEVER = datetime(2000, 1, 1, tzinfo=UTC)


def join(
    repository: Repository, main: str, head: str, sides: Sides
) -> tuple[Joined | None, tuple[str, ...]]:
    """Return the merge of two commits, or None and the paths in which people must merge them.

    There is a merge exactly if nothing conflicts but versions that a bump sets. It takes a constant
    number of git processes, however many files conflict.
    """
    clean = repository.merge_tree(main, head)
    if clean:
        return Joined(clean, {}, repository.read(clean, *PREFIXES)), ()
    levelled = level(repository.conflicts(main, head), sides)
    ours = _commit(repository, main, {path: one.main for path, one in levelled.items()})
    theirs = _commit(repository, head, {path: one.head for path, one in levelled.items()})
    tree_id = repository.merge_tree(ours, theirs)
    if tree_id is None:
        return None, repository.conflicts(ours, theirs)
    tree = repository.read(tree_id, *PREFIXES)
    settled, refused = {}, []
    for path, one in levelled.items():
        data = _settled(tree.get(path), one)
        if data is None:
            refused.append(path)
        else:
            settled[path] = data
    if refused:
        return None, tuple(refused)
    files = {path: _file(tree[path], data) for path, data in settled.items()}
    return Joined(tree_id, settled, {**tree, **files}), ()


def _commit(repository: Repository, parent: str, files: Mapping[str, bytes]) -> str:
    return repository.commit((parent,), files, "Level versions", at=_NEVER) if files else parent


def _settled(merged: File | None, levelled: Levelled) -> bytes | None:
    if merged is None:
        return None
    try:
        return settle(merged, levelled.values)
    except InvalidFileError:
        return None


def _file(merged: File, data: bytes) -> File:
    # No blob yet, so no id of git's; what caches by it needs one that no other content has.
    return replace(merged, oid=hashlib.sha256(data).hexdigest(), data=data)

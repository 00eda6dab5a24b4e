"""Files that stand at another path with the same content."""

from collections.abc import Sequence
from typing import TypeAlias

from bot.core.tree import File, Tree

_Content: TypeAlias = tuple[str, str]


def moved_files(before: Tree, after: Tree) -> tuple[tuple[File, File], ...]:
    """Return the pairs of a file that is gone and one that came with its content and mode.

    Sorted by path. Empty files are alike without having moved; Python files are left out, because
    what a move of theirs means depends on imports.
    """
    gone = _by_content([file for path, file in before.items() if path not in after])
    come = _by_content([file for path, file in after.items() if path not in before])
    pairs = [
        pair
        for content, files in gone.items()
        for pair in zip(files, come.get(content, ()), strict=False)
    ]
    return tuple(sorted(pairs, key=lambda pair: pair[0].path))


def _by_content(files: Sequence[File]) -> dict[_Content, list[File]]:
    found: dict[_Content, list[File]] = {}
    for file in sorted(files, key=lambda file: file.path):
        if file.data and not file.path.endswith(".py"):
            found.setdefault((file.mode, file.oid), []).append(file)
    return found

"""A folder on disk as a tree, in the form in which git would store it."""

import hashlib
import os
import stat
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from bot.core.tree import EXECUTABLE, REGULAR, SYMLINK, File
from bot.errors import BotError

_UNVERSIONED = {".git", "__pycache__", ".DS_Store"}


def read_folder(root: Path, *prefixes: str) -> dict[str, File]:
    """Return the files of `root` below `prefixes`, by their path relative to `root`.

    Symbolic links are not followed: they come as links, so that a rule can refuse them.

    Raises:
        BotError: `root` is no folder, or a file cannot be read.
    """
    if not root.is_dir():
        raise BotError(f"There is no folder {root}.")
    found = {
        path: _file(f"{root}/{path}", path, is_link=is_link)
        for prefix in prefixes
        for path, is_link in _paths(root, prefix)
    }
    return dict(sorted(found.items()))


def _paths(root: Path, prefix: str) -> Iterator[tuple[str, bool]]:
    """Yield what to read at or below `prefix`, and whether it is a link."""
    start = root / prefix
    if start.is_symlink() or start.is_file():
        yield start.relative_to(root).as_posix(), start.is_symlink()
    elif start.exists():
        yield from _below(root, start.relative_to(root).as_posix())


def _below(root: Path, folder: str) -> Iterator[tuple[str, bool]]:
    try:
        with os.scandir(root / folder) as entries:
            names = [entry for entry in entries if entry.name not in _UNVERSIONED]
    except OSError as error:
        raise BotError(f"{error.filename} cannot be read ({error.strerror}).") from error
    for entry in names:
        path = f"{folder}/{entry.name}"
        if entry.is_dir(follow_symlinks=False):
            yield from _below(root, path)
        elif entry.is_symlink() or entry.is_file(follow_symlinks=False):
            yield path, entry.is_symlink()


def _file(place: str, path: str, *, is_link: bool) -> File:
    try:
        if is_link:
            target = os.readlink(place)  # noqa: PTH115 - a Path would rewrite `./a` as `a`
            return _stored(path, SYMLINK, os.fsencode(target))
        return _stored(path, *_content(place))
    except OSError as error:
        raise BotError(f"{place} cannot be read ({error.strerror}).") from error


def _content(place: str) -> tuple[str, bytes]:
    """Return the mode and the bytes of a file; the calls of a Path cost twice as much."""
    descriptor = os.open(place, os.O_RDONLY | os.O_NOFOLLOW)
    try:
        facts = os.fstat(descriptor)
        data = os.read(descriptor, facts.st_size + 1)
    finally:
        os.close(descriptor)
    if len(data) != facts.st_size:
        raise BotError(f"{place} was changed while it was read.")
    return EXECUTABLE if facts.st_mode & stat.S_IXUSR else REGULAR, data


def _stored(path: str, mode: str, data: bytes) -> File:
    header = b"blob %d\0" % len(data)
    return File(path, mode, hashlib.sha1(header + data, usedforsecurity=False).hexdigest(), data)


def read_environment_folder(root: Path) -> dict[str, File]:
    """Return `config/` and `environment/` of `root`; without the latter, `root` is `environment/`.

    Raises:
        BotError: `root` is no folder, or a file cannot be read.
    """
    if (root / "environment").is_dir():
        return read_folder(root, "config", "environment")
    found = {path.name for path in root.iterdir()} if root.is_dir() else set()
    files = read_folder(root, *sorted(found - _UNVERSIONED))
    return {
        f"environment/{path}": replace(file, path=f"environment/{path}")
        for path, file in files.items()
    }

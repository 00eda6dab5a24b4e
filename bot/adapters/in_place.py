"""Files of a folder, overwritten where they stand: all of them or none."""

import os
from collections.abc import Iterable, Mapping
from pathlib import Path

from bot.core.tree import Tree
from bot.errors import BotError


def write_in_place(root: Path, files: Mapping[str, bytes], before: Tree) -> None:
    """Give existing `files` below `root` new content, all or none; inodes and modes stay.

    `before` is what they held when they were read: what somebody changed since is not overwritten.
    Nothing is forced to the disk. Where the process is killed or the machine loses its power, some
    files may be new and others old; git tells which, and the same edit again finishes it.

    Raises:
        BotError: a file was changed meanwhile, is gone or cannot be written to; `done` names those
            that could not be taken back.
    """
    written: list[str] = []
    try:
        for path in sorted(files):
            _overwrite(root, path, before[path].data, files[path])
            written.append(path)
    except BotError as error:
        stuck = ", ".join(_take_back(root, written, files, before))
        done, undone = (stuck, "the others") if stuck else ("", f"all {len(files)} files")
        raise BotError(error.what, done=done, undone=undone) from error
    except BaseException:  # Ctrl-C, perhaps after a write that is not noted yet
        _take_back(root, files, files, before)
        raise


def _take_back(
    root: Path, written: Iterable[str], files: Mapping[str, bytes], before: Tree
) -> list[str]:
    """Return what cannot be taken back; everything else has its old content again."""
    stuck = []
    for path in written:
        try:
            _overwrite(root, path, files[path], before[path].data)
        except BotError:
            stuck.append(path)
    return stuck


def _overwrite(root: Path, path: str, expected: bytes, data: bytes) -> None:
    place = f"{root}/{path}"
    try:
        descriptor = os.open(place, os.O_RDWR | os.O_NOFOLLOW)
        try:
            found = os.pread(descriptor, max(len(expected), len(data)) + 1, 0)
            if found not in (expected, data):
                raise BotError(f"{place} was changed by somebody else meanwhile.")
            if found != data:
                _fill(descriptor, expected, data)
        finally:
            os.close(descriptor)
    except OSError as error:
        raise BotError(f"{place} cannot be written to ({error.strerror}).") from error


def _fill(descriptor: int, before: bytes, data: bytes) -> None:
    """Replace `before`, the whole content, with `data`; or leave it where that fails."""
    try:
        _write(descriptor, data, len(before))
    except OSError:
        _write(descriptor, before, len(data))
        raise


def _write(descriptor: int, data: bytes, size: int) -> None:
    done = 0
    while done < len(data):
        done += os.pwrite(descriptor, data[done:], done)
    if size > len(data):
        os.ftruncate(descriptor, len(data))

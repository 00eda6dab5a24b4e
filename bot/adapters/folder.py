"""A folder on disk as a tree, in the form in which git would store it."""

import hashlib
import os
import shutil
import stat
import tempfile
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from typing import NoReturn

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
    found: dict[str, File] = {}
    for prefix in prefixes:
        for path in _files(root / prefix):
            name = path.relative_to(root).as_posix()
            found[name] = _file(path, name)
    return dict(sorted(found.items()))


def write_files(root: Path, files: Mapping[str, bytes]) -> None:
    """Replace existing `files` below `root`, all or none, and keep their modes.

    Nothing is touched before every new content lies on disk; where a replacement fails all the
    same, those before it are taken back.

    Raises:
        BotError: a file does not exist or cannot be replaced; none was.
    """
    try:
        with tempfile.TemporaryDirectory(prefix=".envbot-", dir=root) as staging:
            _replace_all(
                [
                    _stage(Path(staging) / str(number), root / path, data)
                    for number, (path, data) in enumerate(sorted(files.items()))
                ]
            )
    except OSError as error:
        place = error.filename2 or error.filename or root
        raise BotError(
            f"{place} cannot be written to ({error.strerror}).", undone=f"all {len(files)} files"
        ) from error


@dataclass(frozen=True, slots=True)
class _Replacement:
    target: Path
    draft: Path
    original: Path


def _stage(place: Path, target: Path, data: bytes) -> _Replacement:
    """Lay the new content and a copy of the old one below `place`, on the target's own disk."""
    place.mkdir()
    new = _Replacement(target, place / "draft", place / "original")
    shutil.copy2(target, new.original)
    new.draft.write_bytes(data)
    shutil.copymode(target, new.draft)
    return new


def _replace_all(replacements: list[_Replacement]) -> None:
    with ExitStack() as takes_back:
        for one in replacements:
            one.draft.replace(one.target)
            takes_back.callback(one.original.replace, one.target)
        takes_back.pop_all()


def _files(start: Path) -> list[Path]:
    if start.is_symlink() or start.is_file():
        return [start]
    if not start.exists():
        return []
    return [
        Path(folder) / name
        for folder, folders, names in os.walk(start, onerror=_unreadable)
        for name in _leaves(Path(folder), folders, names)
    ]


def _unreadable(error: OSError) -> NoReturn:
    raise BotError(f"{error.filename} cannot be read ({error.strerror}).") from error


def _leaves(folder: Path, folders: list[str], names: list[str]) -> list[str]:
    """Return what is not a folder to walk into; a link to a folder is a leaf."""
    links = [name for name in folders if (folder / name).is_symlink()]
    folders[:] = [name for name in folders if name not in _UNVERSIONED and name not in links]
    files = [name for name in names if (folder / name).is_symlink() or (folder / name).is_file()]
    return [name for name in [*files, *links] if name not in _UNVERSIONED]


def _file(path: Path, name: str) -> File:
    try:
        if path.is_symlink():
            target = os.readlink(path)  # noqa: PTH115 - a Path would rewrite `./a` as `a`
            data, mode = os.fsencode(target), SYMLINK
        else:
            executable = path.stat().st_mode & stat.S_IXUSR
            data, mode = path.read_bytes(), EXECUTABLE if executable else REGULAR
    except OSError as error:
        raise BotError(f"{path} cannot be read ({error.strerror}).") from error
    header = f"blob {len(data)}\0".encode()
    return File(name, mode, hashlib.sha1(header + data, usedforsecurity=False).hexdigest(), data)


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

"""A folder on disk as a tree, in the form in which git would store it."""

import hashlib
import os
import stat
import tempfile
from collections.abc import Mapping
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
    found: dict[str, File] = {}
    for prefix in prefixes:
        for path in _files(root / prefix):
            name = path.relative_to(root).as_posix()
            found[name] = _file(path, name)
    return dict(sorted(found.items()))


def write_files(root: Path, files: Mapping[str, bytes]) -> None:
    """Replace `files` below `root`; nothing is touched before every new content lies on disk.

    Raises:
        BotError: the folder cannot be written to; the files that were replaced are named.
    """
    replaced: list[str] = []
    try:
        with tempfile.TemporaryDirectory(prefix=".envbot-", dir=root) as staging:
            staged = [(_stage(Path(staging), number, root / path, data), path)
                      for number, (path, data) in enumerate(sorted(files.items()))]  # fmt: skip
            for draft, path in staged:
                draft.replace(root / path)
                replaced.append(path)
    except OSError as error:
        raise BotError(
            f"{root} cannot be written to ({error.strerror}).",
            done=f"replaced {', '.join(replaced)}" if replaced else "",
            undone=f"the other {len(files) - len(replaced)} files",
        ) from error


def _stage(staging: Path, number: int, target: Path, data: bytes) -> Path:
    draft = staging / str(number)
    draft.write_bytes(data)
    draft.chmod(stat.S_IMODE(target.stat().st_mode))
    return draft


def _files(start: Path) -> list[Path]:
    if start.is_symlink() or start.is_file():
        return [start]
    return [
        Path(folder) / name
        for folder, folders, names in os.walk(start)
        for name in _leaves(Path(folder), folders, names)
    ]


def _leaves(folder: Path, folders: list[str], names: list[str]) -> list[str]:
    """Return what is not a folder to walk into; a link to a folder is a leaf."""
    links = [name for name in folders if (folder / name).is_symlink()]
    folders[:] = [name for name in folders if name not in _UNVERSIONED and name not in links]
    return [name for name in [*names, *links] if name not in _UNVERSIONED]


def _file(path: Path, name: str) -> File:
    try:
        if path.is_symlink():
            data, mode = os.readlink(path).encode("utf-8", "surrogateescape"), SYMLINK
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
    names = [path.name for path in sorted(root.iterdir())] if root.is_dir() else []
    files = read_folder(root, *names)
    return {
        f"environment/{path}": replace(file, path=f"environment/{path}")
        for path, file in files.items()
    }

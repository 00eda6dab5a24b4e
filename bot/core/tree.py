"""Files as git stores them: what a commit holds, never what lies in a work tree."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeAlias

REGULAR = "100644"
EXECUTABLE = "100755"
SYMLINK = "120000"
SUBMODULE = "160000"
FOLDER = "040000"


@dataclass(frozen=True, slots=True)
class File:
    """One entry of a commit's tree: `oid` is git's blob id, `data` its bytes."""

    path: str
    mode: str
    oid: str
    data: bytes


Tree: TypeAlias = Mapping[str, File]


def subtree(tree: Tree, prefix: str) -> dict[str, File]:
    """Return the files below the folder `prefix` (no trailing slash), under their full paths."""
    return {path: file for path, file in tree.items() if path.startswith(f"{prefix}/")}

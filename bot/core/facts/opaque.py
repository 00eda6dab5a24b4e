"""Files that are not read: those that people read, those that code reads, and all others."""

import re
from collections.abc import Iterator

from bot.core.change import Change, Kind
from bot.core.environment_layout import SCHEMA_FOLDER, SOURCE_FOLDER
from bot.core.tree import File

# Compiled by `re` when first used: few changes touch such a file.
_DOCUMENTATION = r"(?i).*\.(?:md|rst)|LICEN[CS]E(?:\.txt)?"
_DATA = r"(?i).*\.(?:bin|csv|h5|hdf5|joblib|json|keras|npy|npz|onnx|parquet|pb|pickle|pkl|pt|tsv)"


def is_documentation(path: str) -> bool:
    """Tell whether people read a file and code does not: below `src/` a text may be input."""
    is_text = re.fullmatch(_DOCUMENTATION, _name(path)) is not None
    return is_text and not path.startswith((f"{SOURCE_FOLDER}/", f"{SCHEMA_FOLDER}/"))


def compare_opaque(before: File, after: File) -> Iterator[Change]:
    """Yield one change, at the first line that differs."""
    line = _first_differing_line(before.data, after.data)
    yield Change(_kind(after.path), after.path, None, None, after.path, line)


def _kind(path: str) -> Kind:
    if is_documentation(path):
        return Kind.DOCUMENTATION_CHANGED
    return Kind.DATA_CHANGED if re.fullmatch(_DATA, _name(path)) else Kind.FILE_CHANGED


def _name(path: str) -> str:
    return path.rpartition("/")[2]


def _first_differing_line(before: bytes, after: bytes) -> int:
    was, now = before.split(b"\n"), after.split(b"\n")
    same = 0
    for old, new in zip(was, now, strict=False):
        if old != new:
            break
        same += 1
    return min(same + 1, len(now))

"""Fields of a JSON that anybody may have written: each may be missing, or of another type."""

from collections.abc import Iterator, Mapping
from typing import Any


def mapping(content: Mapping[str, Any], *path: str) -> Mapping[str, Any]:
    """Return the mapping at `path`; empty where there is none or something else."""
    for key in path:
        inner = content.get(key)
        content = inner if isinstance(inner, Mapping) else {}
    return content


def text(value: object) -> str:
    """Return a text that may be written as a list of lines; empty for anything else."""
    return value if isinstance(value, str) else "".join(strings(value))


def strings(value: object) -> Iterator[str]:
    """Yield the texts of a list; nothing for anything else."""
    if isinstance(value, list):
        yield from (item for item in value if isinstance(item, str))


def texts(value: object) -> Iterator[str]:
    """Yield every text below `value`; the depth is bounded by whoever read the file."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for inner in value.values():
            yield from texts(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from texts(inner)

"""pip's requirements files: lines that ask for packages, and options between them."""

import re
from collections.abc import Iterator
from typing import NamedTuple

from bot.core.change import Change, Kind
from bot.core.facts.dependency import Dependency, parse_pip
from bot.core.facts.text import decode

MAX_BYTES = 64 * 1024

_COMMENT = re.compile(r"(?:^|\s)#.*$")


class Requirements(NamedTuple):
    """A requirements file; `options` are its `-r`, `-c`, `-e`, `--index-url` … lines in order."""

    packages: tuple[Dependency, ...]
    options: tuple[tuple[str, int], ...]


def read_requirements(data: bytes) -> Requirements:
    """Return what a requirements file says.

    Raises:
        UnreadableError: the file is not text.
    """
    return parse_lines(_logical_lines(decode(data, MAX_BYTES)))


def parse_lines(lines: Iterator[tuple[str, int]]) -> Requirements:
    """Return what (text, line) pairs say, be they of a file or of a conda file's pip section."""
    packages, options = [], []
    for text, line in lines:
        if text.startswith("-"):
            options.append((" ".join(text.split()), line))
        else:
            packages.append(parse_pip(text, line))
    return Requirements(tuple(packages), tuple(options))


def compare_options(before: Requirements, after: Requirements, path: str) -> Iterator[Change]:
    """Yield one change if the options differ, in text or in order."""
    was, now = [text for text, _ in before.options], [text for text, _ in after.options]
    if was == now:
        return
    kept = set(was) & set(now)
    gone = [text for text in was if text not in kept]
    added = [(text, line) for text, line in after.options if text not in kept]
    line = added[0][1] if added else (before.options or after.options)[0][1]
    yield Change(
        Kind.PIP_OPTION_CHANGED,
        "pip options",
        ", ".join(gone) or None,
        ", ".join(text for text, _ in added) or None,
        path,
        line,
    )


def _logical_lines(text: str) -> Iterator[tuple[str, int]]:
    """Yield each line without comment, continuations joined, with the number it starts at."""
    parts: list[str] = []
    start = 1
    for number, line in enumerate(text.splitlines(), start=1):
        start = start if parts else number
        if line.endswith("\\") and not line.lstrip().startswith("#"):
            parts.append(line[:-1])
            continue
        joined = _COMMENT.sub("", "".join([*parts, line])).strip()
        parts = []
        if joined:
            yield joined, start
    if parts and (joined := _COMMENT.sub("", "".join(parts)).strip()):
        yield joined, start

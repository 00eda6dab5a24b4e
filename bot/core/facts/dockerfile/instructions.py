"""A Dockerfile as a list of instructions: continuations joined, heredocs taken in."""

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from operator import itemgetter
from typing import NamedTuple

from bot.core.facts.text import decode
from bot.core.facts.unreadable import UnreadableError

MAX_BYTES = 64 * 1024
MAX_INSTRUCTIONS = 500

_SPACE = " \t\r"
_SPACES = re.compile(r"[ \t]+")
_DIRECTIVE = re.compile(r"#[ \t]*(syntax|escape|check)[ \t]*=", re.IGNORECASE)
_HEREDOC = re.compile(r"(?<!\S)\d*<<(?P<dash>-?)(?P<quote>[\"']?)(?P<name>[A-Za-z_]\w*)(?P=quote)")
_KEYWORD = re.compile(r"[ \t]*([A-Za-z]+)(?:[ \t]+|$)")
# Where BuildKit looks for heredocs (dockerfile/parser).
_HOLD_HEREDOCS = frozenset({"RUN", "COPY", "ADD"})


class Heredoc(NamedTuple):
    """The lines between `<<NAME` and `NAME`; `line` is where they start."""

    body: str
    line: int


class Instruction(NamedTuple):
    """One instruction.

    Attributes:
        keyword: in capitals; ``#`` for a parser directive.
        text: what follows it, without spaces that the shell would drop.
        raw: what follows it as written, continuations joined; `starts` are the offsets in it at
            which a line of the file begins, each with the line's number.
    """

    keyword: str
    text: str
    line: int
    raw: str
    starts: tuple[tuple[int, int], ...]
    heredocs: tuple[Heredoc, ...] = ()

    @property
    def shown(self) -> str:
        """Return the instruction as one line."""
        return f"{self.keyword} {' '.join(self.text.split())}"

    def line_at(self, offset: int) -> int:
        """Return the line of the file that holds this offset of `raw`."""
        index = bisect_right(self.starts, offset, key=itemgetter(0))
        return self.starts[max(index - 1, 0)][1]


def read_dockerfile(data: bytes) -> tuple[Instruction, ...]:
    """Return the instructions of a Dockerfile, without comments.

    Raises:
        UnreadableError: it is not text, holds a line that is no instruction, a heredoc without
            end or more than 500 instructions, or changes the escape character.
    """
    instructions = tuple(_Reader(decode(data, MAX_BYTES)).instructions())
    if len(instructions) > MAX_INSTRUCTIONS:
        raise UnreadableError(f"has more than {MAX_INSTRUCTIONS} instructions")
    if any(i.keyword == "#" and "escape" in i.text.lower() for i in instructions):
        raise UnreadableError("changes the escape character", 1)
    return instructions


class _Reader:
    """The lines of a file, and how far they are read."""

    def __init__(self, text: str) -> None:
        self.lines = text.split("\n")
        self.position = 0

    def instructions(self) -> Iterator[Instruction]:
        yield from self._directives()
        while (parts := self._joined()) is not None:
            yield self._instruction(parts)

    def _directives(self) -> Iterator[Instruction]:
        while self.position < len(self.lines) and _DIRECTIVE.match(self.lines[self.position]):
            text = " ".join(self.lines[self.position][1:].split())
            self.position += 1
            yield Instruction("#", text, self.position, text, ((0, self.position),))

    def _joined(self) -> list[tuple[str, int]] | None:
        """Return the (text, line) parts of the next instruction; None at the end."""
        parts: list[tuple[str, int]] = []
        while self.position < len(self.lines):
            line = self.lines[self.position].rstrip(_SPACE)
            self.position += 1
            if not line or line.lstrip(_SPACE).startswith("#"):
                continue
            goes_on = line.endswith("\\") and not line.endswith("\\\\")
            parts.append((line[:-1] if goes_on else line, self.position))
            if not goes_on:
                break
        return parts or None

    def _instruction(self, parts: Sequence[tuple[str, int]]) -> Instruction:
        text, line = "".join(part for part, _ in parts), parts[0][1]
        found = _KEYWORD.match(text)
        if found is None:
            raise UnreadableError("has a line that is no instruction", line)
        keyword, raw = found[1].upper(), text[found.end() :].rstrip(_SPACE)
        heredocs = tuple(self._heredocs(raw)) if keyword in _HOLD_HEREDOCS else ()
        starts = tuple(_starts(parts, found.end()))
        return Instruction(keyword, _tidy(raw), line, raw, starts, heredocs)

    def _heredocs(self, raw: str) -> Iterator[Heredoc]:
        for found in _HEREDOC.finditer(raw):
            if _is_quoted(raw, found.start()):
                continue
            first, body = self.position + 1, []
            while (line := self._next(first, dash=found["dash"])) != found["name"]:
                body.append(line)
            yield Heredoc("\n".join(body), first)

    def _next(self, first: int, *, dash: str) -> str:
        if self.position >= len(self.lines):
            raise UnreadableError("has a heredoc without end", first - 1)
        self.position += 1
        line = self.lines[self.position - 1].removesuffix("\r")
        return line.lstrip("\t") if dash else line


def _starts(parts: Sequence[tuple[str, int]], skipped: int) -> Iterator[tuple[int, int]]:
    offset = -skipped
    for text, line in parts:
        yield max(offset, 0), line
        offset += len(text)


def _tidy(raw: str) -> str:
    if any(mark in raw for mark in "\"'\\`"):
        return raw
    return _SPACES.sub(" ", raw)


def _is_quoted(raw: str, offset: int) -> bool:
    before = raw[:offset]
    return before.count('"') % 2 == 1 or before.count("'") % 2 == 1

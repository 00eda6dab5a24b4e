"""Dockerfiles: instructions, and what differs between two lists of them."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from bot.core.change import Change, Kind
from bot.core.facts.image import ImageReference, compare_images, parse_image
from bot.core.facts.text import decode
from bot.core.facts.unreadable import UnreadableError
from bot.core.tree import File

MAX_BYTES = 64 * 1024
MAX_INSTRUCTIONS = 500

_COMMENT = re.compile(r"\s*#")
_DIRECTIVE = re.compile(r"#\s*(syntax|escape|check)\s*=", re.IGNORECASE)
_HEREDOC = re.compile(r"<<[-~]?[\"']?[A-Za-z_]")
_KEYWORD = re.compile(r"\s*([A-Za-z]+)\s*(.*)", re.DOTALL)
_WORD = re.compile(r"[A-Za-z0-9_]+")
_FROM = re.compile(r"(?P<options>(?:--\S+\s+)*)(?P<image>\S+)(?P<alias>.*)", re.DOTALL)
_LABELS = frozenset({"LABEL", "MAINTAINER"})


@dataclass(frozen=True, slots=True)
class Instruction:
    """One instruction, continuations joined; `text` has no space that the shell would drop."""

    keyword: str
    text: str
    line: int

    @property
    def shown(self) -> str:
        """Return the instruction as one line."""
        return f"{self.keyword} {' '.join(self.text.split())}"

    @property
    def image(self) -> ImageReference:
        """Return the base image of a FROM instruction."""
        found = _FROM.fullmatch(self.text)
        return parse_image(found["image"] if found else self.text)

    @property
    def stage(self) -> str:
        """Return the name that a FROM instruction gives its stage, in lower case; or ``""``."""
        words = self.text.lower().split()
        return words[-1] if "as" in words[:-1] else ""

    @property
    def identity(self) -> tuple[str, str]:
        """Return what must be equal for two instructions to do the same, base images aside."""
        if self.keyword != "FROM" or (found := _FROM.fullmatch(self.text)) is None:
            return self.keyword, self.text
        return self.keyword, f"{found['options']} {found['alias']}"


def read_dockerfile(data: bytes) -> tuple[Instruction, ...]:
    """Return the instructions of a Dockerfile, without comments.

    Raises:
        UnreadableError: it is not text, holds heredocs or more than 500 instructions, or changes
            the escape character: their meaning is not analysed.
    """
    text = decode(data, MAX_BYTES)
    if found := _HEREDOC.search(text):
        raise UnreadableError("uses a heredoc", text.count("\n", 0, found.start()) + 1)
    instructions = tuple(_instructions(text))
    if len(instructions) > MAX_INSTRUCTIONS:
        raise UnreadableError(f"has more than {MAX_INSTRUCTIONS} instructions")
    if any(i.keyword == "#" and "escape" in i.text.lower() for i in instructions):
        raise UnreadableError("changes the escape character", 1)
    return instructions


def base_image(instructions: Sequence[Instruction]) -> str | None:
    """Return the image that the last stage starts from, followed through stages; None without."""
    stages: dict[str, str] = {}
    image = None
    for instruction in instructions:
        if instruction.keyword == "FROM":
            image = stages.get(instruction.image.text.lower(), instruction.image.text)
            stages[instruction.stage] = image
    return image


def compare_dockerfiles(before: File, after: File, *, context: str) -> Iterator[Change]:
    """Yield what differs between two Dockerfiles.

    `context` is the text of the other files of the build: a build argument that neither they nor
    the Dockerfile mention is unused.

    Raises:
        UnreadableError: one of them cannot be analysed.
    """
    was, now = read_dockerfile(before.data), read_dockerfile(after.data)
    matcher = SequenceMatcher(
        None, [i.identity for i in was], [i.identity for i in now], autojunk=False
    )
    mentions = _Mentions((*was, *now), frozenset(_WORD.findall(context)))
    for tag, i1, i2, j1, j2 in matcher.get_opcodes():
        if tag == "equal":
            yield from _image_changes(was[i1:i2], now[j1:j2], after.path)
        else:
            yield from _differences(was[i1:i2], now[j1:j2], after.path, mentions)


def _image_changes(
    before: Sequence[Instruction], after: Sequence[Instruction], path: str
) -> Iterator[Change]:
    for was, now in zip(before, after, strict=True):
        if now.keyword == "FROM" and (kind := compare_images(was.image, now.image)):
            yield Change(kind, "base image", was.image.text, now.image.text, path, now.line)


@dataclass(frozen=True, slots=True)
class _Mentions:
    """Where a build argument could be used: `words` of other files, instructions of both sides."""

    instructions: Sequence[Instruction]
    words: frozenset[str]

    def has(self, name: str) -> bool:
        """Tell whether anything but the argument's own ARG lines mentions it."""
        return name in self.words or any(
            name in _WORD.findall(instruction.text)
            for instruction in self.instructions
            if not _declares(instruction, name)
        )


def _differences(
    before: Sequence[Instruction], after: Sequence[Instruction], path: str, mentions: _Mentions
) -> Iterator[Change]:
    for index in range(max(len(before), len(after))):
        was = before[index] if index < len(before) else None
        now = after[index] if index < len(after) else None
        stands = now or was
        if stands is None:
            raise AssertionError
        yield Change(
            _kind([i for i in (was, now) if i], mentions),
            "instruction",
            was.shown if was else None,
            now.shown if now else None,
            path,
            stands.line,
        )


def _kind(instructions: Sequence[Instruction], mentions: _Mentions) -> Kind:
    if all(i.keyword in _LABELS for i in instructions):
        return Kind.IMAGE_LABEL_CHANGED
    if all(i.keyword == "ARG" and not mentions.has(_argument(i)) for i in instructions):
        return Kind.BUILD_ARGUMENT_UNUSED
    return Kind.INSTRUCTION_CHANGED


def _argument(instruction: Instruction) -> str:
    return instruction.text.partition("=")[0].strip()


def _declares(instruction: Instruction, name: str) -> bool:
    return instruction.keyword == "ARG" and _argument(instruction) == name


def _instructions(text: str) -> Iterator[Instruction]:
    parts: list[str] = []
    start, directives = 1, True
    for number, line in enumerate(text.split("\n"), start=1):
        if directives and _DIRECTIVE.match(line):
            yield Instruction("#", " ".join(line[1:].split()), number)
            continue
        directives = False
        if _COMMENT.match(line) or (not parts and not line.strip()):
            continue
        start = start if parts else number
        content = line.rstrip()
        parts.append(content.removesuffix("\\"))
        if not content.endswith("\\"):
            yield _instruction("".join(parts), start)
            parts = []
    if parts:
        yield _instruction("".join(parts), start)


def _instruction(text: str, line: int) -> Instruction:
    found = _KEYWORD.fullmatch(text)
    if found is None:
        raise UnreadableError("has a line that is no instruction", line)
    content = found[2].rstrip()
    if not any(mark in content for mark in "\"'\\`"):
        content = " ".join(content.split())
    return Instruction(found[1].upper(), content, line)

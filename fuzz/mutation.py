"""Texts made from good ones by a seed: cut, repeated, crossed, and salted with what hurts."""

import random
from collections.abc import Callable, Sequence
from typing import NamedTuple

# Longer texts are refused by size; this is just beyond the largest limit that is read.
MOST_BYTES = 300_000

# What parsers are known to stumble over, of any language read here.
SALT: tuple[bytes, ...] = (
    b"\x00", b"\r", b"\r\n", b"\n", b"\t", b"\xef\xbb\xbf", b"\xff", b"\xe2\x80\xae",
    b"\xe2\x80\xa8", b"\xc2\x85", b"\xed\xa0\x80", b"\\", b"\\\n", b"'", b'"', b'"""', b"`",
    b"{", b"}", b"[", b"]", b"(", b")", b"{" * 60, b"[" * 60, b"(" * 120, b"&a ", b"*a", b"!!x ",
    b"<<: *a\n", b"--- \n", b"...\n", b"? ", b": ", b"- ", b"# ", b"%", b"|", b">", b"|2\n", b"~",
    b"0x" + b"f" * 40, b"9" * 5_000, b"1e999", b".nan", b"1_000", b"=", b"==", b"===", b"~=",
    b" ; ", b"@ ", b"--hash=sha256:", b"-r x\n", b"-e .", b"git+", b"<<EOF\n", b"EOF\n", b"&& ",
    b"$(", b"${a:-", b"FROM ", b"RUN ", b"ARG ", b"COPY --from=", b"# escape=`\n",
    b"# syntax=x\n", b"lambda: ", b"async ", b"await ", b"yield ", b"f'{", b"def f(", b"class A:",
    b"# coding: utf-7\n", b"# -*- coding: latin-1 -*-\n", b"not " * 200, b"- " * 200,
    b"if 1:\n " * 120, b"x = " * 200, b"1 + " * 2_000, b"a." * 2_000, b"@" * 50, b"*" * 50,
    b"\xd1\x96mport os\n", b"\xf0\x9f\x92\xa5",
)  # fmt: skip

_Mutation = Callable[[random.Random, bytes, Sequence[bytes]], bytes]


class Mutant(NamedTuple):
    """A text, and the good one that it was made from."""

    origin: bytes
    text: bytes


def mutant(name: str, number: int, corpus: Sequence[bytes]) -> Mutant:
    """Return the text that `name` and `number` stand for, always the same one."""
    chance = random.Random(f"{name}:{number}")  # noqa: S311 - reproducible, not secret
    origin = text = chance.choice(corpus)
    for _ in range(chance.choice((1, 1, 2, 3, 8))):
        text = chance.choice(_MUTATIONS)(chance, text, corpus)
    return Mutant(origin, text[:MOST_BYTES])


def _range(chance: random.Random, text: bytes) -> tuple[int, int]:
    start = chance.randint(0, len(text))
    return start, min(len(text), start + chance.choice((0, 1, 3, 20, 200)))


def _cut(chance: random.Random, text: bytes, _: Sequence[bytes]) -> bytes:
    start, end = _range(chance, text)
    return text[:start] + text[end:]


def _salt(chance: random.Random, text: bytes, _: Sequence[bytes]) -> bytes:
    start, end = _range(chance, text)
    return text[:start] + chance.choice(SALT) * chance.choice((1, 1, 2, 50)) + text[end:]


def _repeat(chance: random.Random, text: bytes, _: Sequence[bytes]) -> bytes:
    start, end = _range(chance, text)
    return text[:end] + text[start:end] * chance.choice((1, 3, 100, 2_000)) + text[end:]


def _flip(chance: random.Random, text: bytes, _: Sequence[bytes]) -> bytes:
    start = chance.randint(0, max(len(text) - 1, 0))
    return text[:start] + bytes([chance.randint(0, 255)]) + text[start + 1 :]


def _cross(chance: random.Random, text: bytes, corpus: Sequence[bytes]) -> bytes:
    other = chance.choice(corpus)
    return text[: chance.randint(0, len(text))] + other[chance.randint(0, len(other)) :]


def _shuffle(chance: random.Random, text: bytes, _: Sequence[bytes]) -> bytes:
    lines = text.splitlines(keepends=True)
    chance.shuffle(lines)
    return b"".join(lines)


def _indent(chance: random.Random, text: bytes, _: Sequence[bytes]) -> bytes:
    lines = text.splitlines(keepends=True)
    deeper = chance.choice((b" ", b"  ", b"\t", b" " * 99))
    return b"".join(deeper + line if chance.random() < 0.2 else line for line in lines)  # noqa: PLR2004 - one line in five


def _other_line_ends(_: random.Random, text: bytes, __: Sequence[bytes]) -> bytes:
    return text.replace(b"\n", b"\r\n")


_MUTATIONS: tuple[_Mutation, ...] = (
    _cut, _salt, _salt, _salt, _repeat, _flip, _cross, _shuffle, _indent, _other_line_ends,
)  # fmt: skip

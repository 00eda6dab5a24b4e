"""Python text to syntax tree, within limits.

The limits keep a text below 2 s of CPU time and 256 MiB, each measured with the costliest text
found for it. Python refuses deep nesting, and decimal numbers of many digits, by itself.
"""

import ast
import re
import warnings

from bot.core.change import Kind
from bot.core.facts.python.hidden_text import refuse_hidden_characters
from bot.core.facts.python.look_alikes import refuse_look_alikes
from bot.core.facts.python.walk import walk
from bot.core.facts.text import decode_anything
from bot.core.facts.unreadable import UnreadableError

MAX_NODES = 27_000  # as `walk` counts; about 3,000 lines of ordinary code
_MAX_BRACES = 5_000  # each field of an f-string is searched for in all of its text
_MAX_DOTS = 500  # the parser holds every beginning of `import a.a.a…`: 65,000 dots took 4.6 GiB
_MAX_BITS = 10_000  # of a number; Python writes out at most 4,300 digits

_COOKIE = re.compile(rb"[ \t\f]*#.*?coding[:=][ \t]*([-_.a-zA-Z0-9]+)")  # PEP 263
_UTF_8 = frozenset({b"utf-8", b"utf8"})
_IMPORT = re.compile(r"\b(?:from|import)\b[\w.\s\\]*")
_OLDEST = (3, 8)


def parse(data: bytes, before: str = "") -> ast.Module:
    """Return the syntax tree of a Python file that is new; nothing is compiled or run.

    `before` is the text of its earlier version.

    Raises:
        UnreadableError: over a limit, not UTF-8 (or declared as another encoding), not Python the
            parser accepts, or with characters or identifiers that mislead whoever reads it.
    """
    text = _text(data)
    refuse_hidden_characters(text, before)
    module = _parsed(text)
    refuse_look_alikes(text, module)
    return module


def parse_beside(data: bytes) -> ast.Module:
    """Return the syntax tree of a Python file that is not what is judged.

    Raises:
        UnreadableError: as `parse`, but for hidden characters.
    """
    text = _text(data)
    module = _parsed(text)
    refuse_look_alikes(text, module)
    return module


def parse_both(before: bytes, after: bytes) -> tuple[ast.Module, ast.Module]:
    """Return the syntax trees of two versions of a Python file; nothing is compiled or run.

    What misleads a reader is refused in the later one only, or it could never be taken out.

    Raises:
        UnreadableError: as `parse`, or the later one uses syntax that came after Python 3.8 where
            the earlier one did not: the environment's Python may not know it.
    """
    was = _text(before)
    now = parse(after, was)
    module = _parsed(was)
    if (line := _line_of_newer_syntax(_text(after))) and not _line_of_newer_syntax(was):
        raise UnreadableError("uses syntax that came after Python 3.8, which it did not", line)
    return module, now


def _text(data: bytes) -> str:
    text = decode_anything(data)
    start = data.removeprefix(b"\xef\xbb\xbf")
    for number, line in enumerate(re.split(rb"\r\n|\r|\n", start, maxsplit=2)[:2], start=1):
        found = _COOKIE.match(line)
        if found and found[1].lower().replace(b"_", b"-") not in _UTF_8:
            what = f"declares the encoding {found[1][:40].decode()}, which is not UTF-8"
            raise UnreadableError(what, number, Kind.ODD_ENCODING)
    return text


def _parsed(text: str) -> ast.Module:
    if text.count("{") > _MAX_BRACES or _has_long_import(text):
        raise UnreadableError("holds more code than is analysed")
    module = _tree(text)
    nodes = walk(module)
    if len(nodes) > MAX_NODES:
        raise UnreadableError("holds more code than is analysed")
    for node in nodes:
        if _is_huge_number(node):
            raise UnreadableError("holds a number of too many digits", getattr(node, "lineno", 0))
    return module


def _tree(text: str, version: tuple[int, int] | None = None) -> ast.Module:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", SyntaxWarning)
            warnings.simplefilter("ignore", DeprecationWarning)
            return ast.parse(text, feature_version=version)
    except SyntaxError as error:
        raise UnreadableError("is not Python that can be parsed", error.lineno or 1) from None
    except (ValueError, RecursionError, MemoryError):
        raise UnreadableError("is not Python that can be parsed", 1) from None


def _has_long_import(text: str) -> bool:
    return any(found[0].count(".") > _MAX_DOTS for found in _IMPORT.finditer(text))


def _is_huge_number(node: ast.AST) -> bool:
    match node:
        case ast.Constant(value=int(number)):
            return number.bit_length() > _MAX_BITS
        case _:
            return False


def _line_of_newer_syntax(text: str) -> int:
    """Return the line of a text's first syntax that Python 3.8 lacks; 0 if it needs no more."""
    try:
        _tree(text, _OLDEST)
    except UnreadableError as error:
        return error.line
    return 0

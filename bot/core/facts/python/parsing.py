"""Python text to syntax tree, within limits."""

import ast
import re
import warnings
from itertools import islice

from bot.core.facts.text import decode
from bot.core.facts.unreadable import UnreadableError

MAX_NODES = 40_000  # of the syntax tree; about 3,000 lines of ordinary code

# PEP 263
_COOKIE = re.compile(rb"[ \t\f]*#.*?coding[:=][ \t]*([-_.a-zA-Z0-9]+)")
_UTF_8 = frozenset({b"utf-8", b"utf8"})


def parse(data: bytes) -> ast.Module:
    """Return the syntax tree of a Python file; nothing is compiled or run.

    Raises:
        UnreadableError: over the size limit, not UTF-8 (or declared as another encoding), with
            characters that change the order of what is shown, or not Python the parser accepts.
    """
    for number, line in enumerate(re.split(rb"\r\n|\r|\n", data, maxsplit=2)[:2], start=1):
        found = _COOKIE.match(line)
        if found and found[1].lower().replace(b"_", b"-") not in _UTF_8:
            raise UnreadableError("declares another encoding than UTF-8", number)
    text = decode(data)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", SyntaxWarning)
            warnings.simplefilter("ignore", DeprecationWarning)
            return _limited(ast.parse(text))
    except SyntaxError as error:
        raise UnreadableError("is not Python that can be parsed", error.lineno or 0) from None
    except (ValueError, RecursionError, MemoryError):
        raise UnreadableError("is not Python that can be parsed") from None


def _limited(module: ast.Module) -> ast.Module:
    if sum(1 for _ in islice(ast.walk(module), MAX_NODES + 1)) > MAX_NODES:
        raise UnreadableError("holds more code than is analysed")
    return module

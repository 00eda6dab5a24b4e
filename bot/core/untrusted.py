"""Text from pull requests, notebooks and logs, made harmless for Markdown.

Everything goes into code, where GitHub reads neither markup nor mentions; because e-mail replies
and other renderers have let mentions through code, `@` and `#` are broken up as well. Characters
that change what a reader sees without being seen are spelled out. Known secrets are hidden.
"""

import re
import unicodedata
from bisect import bisect_right
from itertools import accumulate

from bot.core.secret_text import redact

INLINE_LIMIT = 200
BLOCK_LIMIT = 4_000

_BREAK = "\u200b"
_REFERENCE = re.compile(r"[@#]|\b(?i:gh)(?=-[0-9])")
# Letters and symbols by category, yet nothing is drawn for them.
_BLANK_LETTERS = frozenset("\u115f\u1160\u2800\u3164\uffa0\u034f\u17b4\u17b5")
_HIDDEN_CATEGORIES = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
_LINE_END = re.compile(r"\r\n|\r|\n")


def inline(text: str, limit: int = INLINE_LIMIT) -> str:
    """Return `text` as one code span, fit for a sentence, a list item or a table cell.

    At most `limit` characters of the text are shown. Not for use inside raw HTML, where a code
    span is no code.
    """
    shown = _encode(_cut(" ".join(_LINE_END.split(redact(text))), limit))
    shown = shown.replace("|", "\u2502")  # a bar would end the cell of a table, even inside code
    if not shown.strip(" "):
        return "`(empty)`"
    fence = "`" * (_longest_run(shown) + 1)
    pad = " " if "`" in (shown[0], shown[-1]) or " " in (shown[0], shown[-1]) else ""
    return f"{fence}{pad}{shown}{pad}{fence}"


def plain(text: str, limit: int = INLINE_LIMIT) -> str:
    """Return `text` on one line, for where Markdown is not read, such as an annotation.

    At most `limit` characters are shown, of which what cannot be seen takes as many as it is
    spelled out with.
    """
    line = " ".join(_LINE_END.split(redact(text)))
    shown = [_visible(character) for character in line[:limit]]
    fitting = bisect_right([*accumulate(map(len, shown))], limit)
    more = len(line) - fitting
    rest = f"… ({more} more characters)" if more else ""
    return f"{''.join(shown[:fitting])}{rest}".strip()


def block(text: str, limit: int = BLOCK_LIMIT) -> str:
    """Return `text` as one fenced block of several lines, without a final newline.

    At most `limit` characters of the text are shown. The block must stand at the beginning of a
    line.
    """
    lines = [_encode(line) for line in _LINE_END.split(_cut(redact(text), limit))]
    fence = "`" * max(3, _longest_run("\n".join(lines)) + 1)
    return "\n".join([f"{fence}text", *lines, fence])


def _cut(text: str, limit: int) -> str:
    if len(text) <= limit:
        return text
    return f"{text[:limit]}… ({len(text) - limit} more characters)"


def _encode(text: str) -> str:
    seen = "".join(_visible(character) for character in text)
    return _REFERENCE.sub(lambda found: found[0] + _BREAK, seen)


def _visible(character: str) -> str:
    if character in "\t\u00a0":
        return " "
    hidden = unicodedata.category(character) in _HIDDEN_CATEGORIES
    if hidden or character in _BLANK_LETTERS:
        return f"\u2039U+{ord(character):04X}\u203a"
    return character


def _longest_run(text: str) -> int:
    return max((len(run) for run in re.findall("`+", text)), default=0)

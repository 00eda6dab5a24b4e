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
PROSE_LIMIT = 600
BLOCK_LIMIT = 4_000

_BREAK = "\u200b"
_BAR = "\u2502"  # a bar would end the cell of a table, even inside code
_REFERENCE = re.compile(r"[@#]|\b(?i:gh)(?=-[0-9])")
# Letters and symbols by category, yet nothing is drawn for them.
_BLANK_LETTERS = frozenset("\u115f\u1160\u2800\u3164\uffa0\u034f\u17b4\u17b5")
_HIDDEN_CATEGORIES = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
_BROKEN = re.compile(rf"((?:[@#]|\b(?i:gh)(?=.-[0-9]))){_BREAK}")
# A code span, or an address that GitHub would make a link of.
_CODE = re.compile(
    r"(?<!`)(?P<fence>`+)(?!`)(?P<code>.+?)(?<!`)(?P=fence)(?!`)|(?P<link>[^\s`]*(?:://|www\.)[^\s`]*)"
)
_MARKUP = re.compile(r"[\\`*~\[\]<>&$]|(?<![^\W_])_|_(?![^\W_])")
_LINE_END = re.compile(r"\r\n|\r|\n")


def inline(text: str, limit: int = INLINE_LIMIT) -> str:
    """Return `text` as one code span, fit for a sentence, a list item or a table cell.

    At most `limit` characters of the text are shown. Not for use inside raw HTML, where a code
    span is no code.
    """
    shown = _encode(_cut(" ".join(_LINE_END.split(redact(text))), limit))
    shown = shown.replace("|", _BAR)
    if not shown.strip(" "):
        return "`(empty)`"
    fence = "`" * (_longest_run(shown) + 1)
    pad = " " if "`" in (shown[0], shown[-1]) or " " in (shown[0], shown[-1]) else ""
    return f"{fence}{pad}{shown}{pad}{fence}"


def prose(text: str, limit: int = PROSE_LIMIT) -> str:
    """Return a sentence of ours that holds words of others, on one line.

    Code spans stay what they are, also those of `inline`, and addresses become code; whatever else
    would be markup, a reference or the end of a table's cell is shown as it was typed. Not for the
    beginning of a line.
    """
    line = _cut(" ".join(_LINE_END.split(redact(_BROKEN.sub(r"\1", text)))), limit)
    shown: list[str] = []
    end = 0
    for found in _CODE.finditer(line):
        shown += _escape(line[end : found.start()]), inline(_content(found), limit)
        end = found.end()
    return "".join([*shown, _escape(line[end:])]).strip()


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


def _content(found: re.Match[str]) -> str:
    """Return what stands in a code span, without the spaces that keep its fence apart."""
    text = found["link"] or found["code"]
    padded = text.startswith(" ") and text.endswith(" ") and text.strip(" ")
    return text[1:-1] if padded else text


def _escape(text: str) -> str:
    return _MARKUP.sub(r"\\\g<0>", _encode(text).replace("|", _BAR))


def _visible(character: str) -> str:
    if character in "\t\u00a0":
        return " "
    hidden = unicodedata.category(character) in _HIDDEN_CATEGORIES
    if hidden or character in _BLANK_LETTERS:
        return f"\u2039U+{ord(character):04X}\u203a"
    return character


def _longest_run(text: str) -> int:
    return max((len(run) for run in re.findall("`+", text)), default=0)

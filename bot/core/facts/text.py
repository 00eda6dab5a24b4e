"""Bytes of a file as text, where a person and a parser read the same."""

import re

from bot.core.facts.unreadable import UnreadableError

MAX_BYTES = 128 * 1024

# Characters that reorder or hide what an editor shows (CVE-2021-42574).
_BIDIRECTIONAL = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")


def decode(data: bytes, limit: int = MAX_BYTES) -> str:
    """Return the text of a UTF-8 file without its byte order mark.

    Raises:
        UnreadableError: over `limit` bytes, not UTF-8, or with characters that reverse what an
            editor shows.
    """
    text = decode_anything(data, limit)
    if found := _BIDIRECTIONAL.search(text):
        what = f"has the character U+{ord(found[0]):04X}, which changes the order of what is shown"
        raise UnreadableError(what, text.count("\n", 0, found.start()) + 1)
    return text


def decode_anything(data: bytes, limit: int = MAX_BYTES) -> str:
    """Return the text of a UTF-8 file without its byte order mark, whatever it holds.

    Raises:
        UnreadableError: over `limit` bytes, or not UTF-8.
    """
    if len(data) > limit:
        what = f"has {len(data)} bytes; at most {limit} are analysed"
        raise UnreadableError(what)
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise UnreadableError("is not UTF-8", line) from None

"""Characters in Python code that an editor does not show, or that change what it shows.

"Trojan Source" (CVE-2021-42574): a person reviews other code than the one that runs.
"""

import re

from bot.core.change import Kind
from bot.core.facts.unreadable import UnreadableError

# As characters would hide here too: control characters, soft hyphen, marks and overrides of
# direction, zero widths, line ends that only some programs know, annotations, tags. A form feed is
# legal layout; a zero byte is refused by Python itself.
_HIDDEN = re.compile(
    "[\x01-\x08\x0b\x0e-\x1f\x7f-\x9f\u00ad\u061c\u115f\u1160\u180e\u200b-\u200f\u2028-\u202e"
    "\u2060-\u206f\u3164\ufeff\uffa0\ufff9-\ufffb\U000e0000-\U000e0fff]"
    "|\r(?!\n)"
)


def refuse_hidden_characters(text: str, before: str = "") -> None:
    """Return if an editor shows all of a text, in the order in which Python reads it.

    Lines that stand in `before`, the earlier version, are no part of what is reviewed.

    Raises:
        UnreadableError: it holds a character that hides or moves others; names the first.
    """
    if not _HIDDEN.search(text):
        return
    known = set(before.split("\n"))
    for number, line in enumerate(text.split("\n"), start=1):
        found = _HIDDEN.search(line.removesuffix("\r"))
        if found and line not in known:
            what = f"has the hidden character U+{ord(found[0]):04X}"
            raise UnreadableError(what, number, Kind.SOURCE_HIDES_CHARACTERS)

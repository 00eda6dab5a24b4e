"""Whether the command of a component is the same for callers who know no new field.

`$[[--flag ${{inputs.x}}]]` is left out by Azure ML where `x` is optional and not given.
"""

import re
from collections.abc import Sequence
from collections.abc import Set as AbstractSet

from bot.core.facts.schema.reference import NewFields, filled_in, references, sole_reference

_BLOCK = re.compile(r"\$\[\[((?:(?!\$\[\[|\]\]).)*)\]\]", re.DOTALL)
_WORD = re.compile(
    r"""\$\[\[(?:(?!\$\[\[|\]\]).)*\]\]     # an optional block
    | \n+                                   # the end of a command
    | (?:\$\{\{[^{}]*\}\} | '[^']*' | "(?:\\.|[^"\\])*" | \\. | (?!\$\[\[)[^\s'"\\])+
    | \S                                    # a quote or a block that is never closed
    """,
    re.VERBOSE | re.DOTALL,
)
_BLANK_LINES = re.compile(r"\n\s*\n")
_FLAG = re.compile(r"--?[A-Za-z][\w.-]*")
_NEEDS_NO_QUOTES = re.compile(r"[\w./:@%+,=-]*", re.ASCII)


def is_same_command(before: str, after: str, new: NewFields) -> bool:
    """Tell whether two commands differ only in how they hand on fields that are new.

    A new flag that hands on a default is taken for the same: the program behind it is judged as
    code.
    """
    old, now = _words(before, new), _words(after, new)
    flags = {word.partition("=")[0] for word in old}
    known = new.defaults.keys() | new.outputs
    place_old = place = 0
    while place < len(now):
        if place_old < len(old) and _is_same_word(old[place_old], now[place], new):
            place_old, taken = place_old + 1, 1
        else:
            taken = _handing_on(now[place : place + 2], flags, known)
        if not taken:
            return False
        place += taken
    return place_old == len(old)


def _words(text: str, new: NewFields) -> list[str]:
    joined = _BLANK_LINES.sub("\n", text.replace("\\\n", " ").strip())
    return _WORD.findall(_BLOCK.sub(lambda block: _block(block, new), joined))


def _block(block: re.Match[str], new: NewFields) -> str:
    """Return what an optional block is for callers so far; itself if that depends on them."""
    named = references(block[1])
    if named & new.absent:
        return ""
    return block[1] if named and named <= new.defaults.keys() | new.given else block[0]


def _is_same_word(old: str, now: str, new: NewFields) -> bool:
    if old == now:
        return True
    if not references(now) & new.defaults.keys():
        return False
    filled = filled_in(now, new)
    return filled == old or (
        _bare(filled) == _bare(old) and _NEEDS_NO_QUOTES.fullmatch(_bare(old)) is not None
    )


def _handing_on(words: Sequence[str], flags: AbstractSet[str], known: AbstractSet[str]) -> int:
    """Return how many of the next two words hand on a new field under a new flag."""
    flag, is_one_word, value = words[0].partition("=")
    if not _FLAG.fullmatch(flag) or flag in flags:
        return 0
    value = value if is_one_word else "".join(words[1:])
    if sole_reference(_bare(value)) not in known:
        return 0
    return 1 if is_one_word else 2


def _bare(word: str) -> str:
    is_quoted = len(word) > 1 and word[0] == word[-1] and word[0] in "'\""
    return word[1:-1] if is_quoted else word

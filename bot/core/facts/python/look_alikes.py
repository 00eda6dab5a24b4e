"""Identifiers that read like other ones: a letter of another script, or of a fancy form.

Python compares identifiers after NFKC, people compare what they see; the two can differ
(CVE-2021-42694). An identifier that looks like nothing else, `Δt` or `größe`, is no finding.
"""

import ast
import builtins
import keyword
import re
import unicodedata
from collections.abc import Collection, Iterator

from bot.core.change import Kind
from bot.core.facts.unreadable import UnreadableError

_WORD = re.compile(r"\w+")

# Letters of Cyrillic, Greek, Armenian and extended Latin that most fonts show like an ASCII one,
# from Unicode's confusables.txt (UTS 39); as escapes, for who reads this list.
_LOOKS_LIKE = {
    "A": "\u0410\u0391",
    "a": "\u0430\u03b1\u0251",
    "B": "\u0412\u0392",
    "b": "\u0432",
    "C": "\u0421",
    "c": "\u0441\u03f2",
    "d": "\u0501",
    "E": "\u0415\u0395",
    "e": "\u0435",
    "g": "\u0581\u0261",
    "H": "\u041d\u0397",
    "h": "\u04bb\u043d\u0570",
    "I": "\u0406\u0399",
    "i": "\u0456\u03b9\u0131\u0269",
    "J": "\u0408",
    "j": "\u0458\u03f3",
    "K": "\u041a\u039a",
    "k": "\u043a\u03ba",
    "L": "\u053c",
    "l": "\u04cf\u01c0\u0196",
    "M": "\u041c\u039c",
    "m": "\u043c",
    "N": "\u039d",
    "n": "\u0578",
    "O": "\u041e\u039f",
    "o": "\u043e\u03bf\u0585",
    "P": "\u0420\u03a1",
    "p": "\u0440\u03c1",
    "q": "\u051b\u0566",
    "r": "\u1d26\u0491",
    "S": "\u0405\u054f",
    "s": "\u0455",
    "T": "\u0422\u03a4",
    "t": "\u0442\u03c4",
    "u": "\u03c5\u057d",
    "v": "\u03bd",
    "w": "\u051d",
    "X": "\u0425\u03a7",
    "x": "\u0445",
    "Y": "\u0423\u04ae\u03a5",
    "y": "\u0443\u03b3",
    "Z": "\u0396",
}
_SKELETON = {ord(other): letter for letter, others in _LOOKS_LIKE.items() for other in others}
_NEVER_MIXED = frozenset({"ARMENIAN", "CHEROKEE", "COPTIC", "CYRILLIC", "LISU", "UNKNOWN"})


def refuse_look_alikes(text: str, module: ast.Module) -> None:
    """Return if no identifier of a module reads like another one.

    Raises:
        UnreadableError: one mixes scripts, changes its letters under NFKC, or looks like a name
            in ASCII that the module or Python has; names the first.
    """
    words = {} if text.isascii() else _foreign_words(text)
    if not words:
        return
    names = set(_identifiers(module))
    plain = {name for name in names if name.isascii()} | set(dir(builtins)) | set(keyword.kwlist)
    for word, place in words.items():
        if _normal(word) in names and (reason := _reason(word, plain)):
            line = text.count("\n", 0, place) + 1
            what = f"has the identifier {ascii(word)[1:-1]}, which {reason}"
            raise UnreadableError(what, line, Kind.IDENTIFIER_LOOKS_ALIKE)


def _foreign_words(text: str) -> dict[str, int]:
    """Return where each word that could be an identifier, beyond ASCII, first stands."""
    found: dict[str, int] = {}
    for match in _WORD.finditer(text):
        if not match[0].isascii() and match[0].isidentifier():
            found.setdefault(match[0], match.start())
    return found


def _reason(word: str, plain: Collection[str]) -> str | None:
    if _normal(word) != unicodedata.normalize("NFC", word).replace("\u00b5", "\u03bc"):
        return f"Python reads as {ascii(_normal(word))[1:-1]}"
    skeleton = word.translate(_SKELETON)
    scripts = {unicodedata.name(one, "UNKNOWN").split()[0] for one in word if one.isalpha()}
    if len(scripts) > 1 and (skeleton.isascii() or scripts & _NEVER_MIXED):
        return "mixes letters of several scripts"
    return f"looks like {skeleton}" if skeleton in plain else None


def _normal(word: str) -> str:
    return unicodedata.normalize("NFKC", word)


def _identifiers(module: ast.Module) -> Iterator[str]:
    """Yield every text of the tree that is a name and no literal."""
    for node in ast.walk(module):
        if not isinstance(node, ast.Constant):
            for _, value in ast.iter_fields(node):
                yield from _parts(value)


def _parts(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield from value.split(".")
    elif isinstance(value, list):
        yield from (name for name in value if isinstance(name, str))

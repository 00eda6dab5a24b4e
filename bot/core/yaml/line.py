"""One line of YAML: nothing, `key: value` or `- value`, and what the value is."""

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Final, NamedTuple, cast

from bot.core.yaml.document import Style
from bot.core.yaml.reader import HIDDEN
from bot.core.yaml.scalar import resolve

ITEM: Final = "-"
# They bound what a hostile fleet can make us remember: some 100 MiB, layouts of files included.
MOST_CHARACTERS = 200
_MOST_SCALARS = 16
_REMEMBERED = 16_384

_KEY = r"[A-Za-z_][A-Za-z0-9_.-]*"
_WORD = r"[\w./+~@%()-]"
_SCALAR = rf'"[^"\\]*"|\'[^\']*\'|-?[\w./+~]{_WORD}*(?: +{_WORD}+)*'
_PAIR = rf"{_KEY}: +(?:{_SCALAR})"
_MAPPING = rf"\{{ *(?:{_PAIR}(?: *, *{_PAIR})*)? *\}}"
_LIST = rf"\[ *(?:(?:{_SCALAR})(?: *, *(?:{_SCALAR}))*)? *\]"
_REST = r"(?: +#.*| *)"

_ENTRY: Final = re.compile(
    rf"(?P<indent> *)(?:(?P<key>{_KEY}):|-(?= ))"
    rf"(?: +(?:(?P<scalar>{_SCALAR})|(?P<mapping>{_MAPPING})|(?P<list>{_LIST})))?{_REST}"
)
_SKIPPED: Final = re.compile(r" *(?:#.*)?")
_START: Final = re.compile(rf"---{_REST}")
_INNER: Final = re.compile(rf"(?:(?P<key>{_KEY}): +)?(?P<scalar>{_SCALAR})")


class Scalar(NamedTuple):
    """One value, how it is written, and its columns in its line, from 0."""

    value: object
    style: Style
    text: str
    start: int
    end: int


class Shape(NamedTuple):
    """What a line is, whatever its scalars say.

    Attributes:
        indent: how many spaces stand before it; below 0 where it holds nothing.
        key: the key, or `-` for an item of a list.
        opens: whether it has no value, so that lines below may give it.
        inner: the keys of a flow mapping.
    """

    indent: int
    key: str
    opens: bool = False
    inner: tuple[str, ...] = ()


class Line(NamedTuple):
    """What one line holds.

    Attributes:
        value: a scalar, a dict or a list; None where lines below may give it.
        scalars: those on the line, by their keys in a flow mapping, otherwise by their number.
    """

    shape: Shape
    value: object
    scalars: Mapping[str | int, Scalar]


NOTHING: Final = Line(Shape(-1, ""), None, {})
START_OF_DOCUMENT: Final = Line(Shape(-2, ""), None, {})
UNKNOWN: Final = Line(Shape(-3, ""), None, {})


# The files of a fleet have most of their lines in common.
@lru_cache(_REMEMBERED)
def read_line(text: str) -> Line:
    """Return what a line of at most `MOST_CHARACTERS` holds; `UNKNOWN` for what is not read here.

    `text` has no newline; it may end with the carriage return of one.
    """
    text = text.removesuffix("\r")
    if "\t" in text or HIDDEN.search(text):
        return UNKNOWN
    if _SKIPPED.fullmatch(text):
        return NOTHING
    if found := _ENTRY.fullmatch(text):
        return _entry(found)
    return START_OF_DOCUMENT if _START.fullmatch(text) else UNKNOWN


def _entry(found: re.Match[str]) -> Line:
    indent, key = found.end("indent"), found["key"] or ITEM
    if found["scalar"]:
        scalar = _scalar(found)
        return Line(Shape(indent, key), scalar.value, {0: scalar})
    kind = "mapping" if found["mapping"] else "list"
    if not found[kind]:
        return UNKNOWN if key == ITEM else Line(Shape(indent, key, opens=True), None, {})
    inner = list(_INNER.finditer(found.string, found.start(kind) + 1, found.end(kind) - 1))
    if len(inner) > _MOST_SCALARS:
        return UNKNOWN
    if kind == "list":
        items = [_scalar(one) for one in inner]
        values = [one.value for one in items]
        return Line(Shape(indent, key), values, dict(enumerate(items)))
    scalars = {one["key"]: _scalar(one) for one in inner}
    if len(scalars) < len(inner):
        return UNKNOWN
    value = {name: one.value for name, one in scalars.items()}
    return Line(Shape(indent, key, inner=tuple(scalars)), value, scalars)


def _scalar(found: re.Match[str]) -> Scalar:
    written, (start, end) = found["scalar"], found.span("scalar")
    if written[0] in "'\"":
        return Scalar(written[1:-1], cast("Style", written[0]), written[1:-1], start, end)
    return Scalar(resolve(written), "plain", written, start, end)

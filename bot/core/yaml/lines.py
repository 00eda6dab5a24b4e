"""The YAML that nearly every circuit's config consists of, read line by line.

A line is blank, a comment, `key: value` or `- value`, where a value is a scalar without escapes or
a flow mapping or list of such scalars. Whatever else YAML has, and whatever the restricted reader
might refuse, is not read here: it is the reader's, which says what is wrong with it and where.
"""

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Final, NamedTuple, TypeAlias, cast

from bot.core.yaml.document import Style
from bot.core.yaml.reader import BYTE_ORDER_MARK, HIDDEN, MAX_BYTES
from bot.core.yaml.scalar import resolve

_LONGEST = 200  # of a line, so that what is remembered of lines stays small
_MOST = 200  # lines of a file
_REMEMBERED_LINES = 4096
_REMEMBERED_LAYOUTS = 512
_DEEPEST = 8  # well below what the reader refuses

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


ITEM: Final = "-"


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


_NOTHING: Final = Line(Shape(-1, ""), None, {})
_START_OF_DOCUMENT: Final = Line(Shape(-2, ""), None, {})
_UNKNOWN: Final = Line(Shape(-3, ""), None, {})
_Container: TypeAlias = dict[str, object] | list[object]


class Layout(NamedTuple):
    """Where things stand in a file, by the numbers of their lines, from 0.

    Attributes:
        sections: the top-level keys.
        children: the keys of mappings in them.
        margins: how far the lines directly below a top-level key are indented.
    """

    sections: dict[str, int]
    children: dict[tuple[str, str], int]
    margins: dict[str, int]


class Lines(NamedTuple):
    """A file of this form.

    Attributes:
        mark: the byte order mark, or nothing.
        texts: its lines, without their newlines.
        lines: what each holds.
    """

    mark: bytes
    texts: list[str]
    lines: list[Line]
    layout: Layout

    @property
    def data(self) -> bytes:
        """Return the file's bytes."""
        return self.mark + "\n".join(self.texts).encode()

    @property
    def value(self) -> dict[str, object]:
        """Return what the file says; parts are shared with other files, so only to be read."""
        return _value(self.lines) or {}

    def find(self, section: str, key: str) -> tuple[int, Scalar] | None:
        """Return the number of the line where the scalar `section.key` stands, and the scalar.

        None where there is no such section or key, or its value is no scalar on that line.
        """
        number = self.layout.children.get((section, key))
        if number is None:
            return None
        line = self.lines[number]
        if line.shape.indent == 0:
            return number, line.scalars[key]
        is_scalar = not (line.shape.opens or isinstance(line.value, dict | list))
        return (number, line.scalars[0]) if is_scalar else None


def read_lines(data: bytes) -> Lines | None:
    """Return `data` line by line; None for whatever is not of this form.

    What is returned says the same as `bot.core.yaml.reader.read` of the same bytes, which refuses
    nothing of it.
    """
    content = data.removeprefix(BYTE_ORDER_MARK)
    if len(data) > MAX_BYTES:
        return None
    try:
        texts = content.decode().split("\n")
    except UnicodeDecodeError:
        return None
    if len(texts) > _MOST or max(map(len, texts)) > _LONGEST or texts[-1].endswith("\r"):
        return None
    lines = list(map(_line, texts))
    layout = _layout(tuple([line[0] for line in lines]))
    return Lines(data[: len(data) - len(content)], texts, lines, layout) if layout else None


# The files of a fleet have most of their lines in common, and nearly all of their layouts.
@lru_cache(_REMEMBERED_LINES)
def _line(text: str) -> Line:
    text = text.removesuffix("\r")
    if "\t" in text or HIDDEN.search(text):
        return _UNKNOWN
    if _SKIPPED.fullmatch(text):
        return _NOTHING
    if found := _ENTRY.fullmatch(text):
        return _entry(found)
    return _START_OF_DOCUMENT if _START.fullmatch(text) else _UNKNOWN


def _entry(found: re.Match[str]) -> Line:
    indent, key = found.end("indent"), found["key"] or ITEM
    if found["scalar"]:
        scalar = _scalar(found)
        return Line(Shape(indent, key), scalar.value, {0: scalar})
    kind = "mapping" if found["mapping"] else "list"
    if not found[kind]:
        return _UNKNOWN if key == ITEM else Line(Shape(indent, key, opens=True), None, {})
    inner = list(_INNER.finditer(found.string, found.start(kind) + 1, found.end(kind) - 1))
    if kind == "list":
        items = [_scalar(one) for one in inner]
        values = [one.value for one in items]
        return Line(Shape(indent, key), values, dict(enumerate(items)))
    scalars = {one["key"]: _scalar(one) for one in inner}
    if len(scalars) < len(inner):
        return _UNKNOWN
    value = {name: one.value for name, one in scalars.items()}
    return Line(Shape(indent, key, inner=tuple(scalars)), value, scalars)


def _scalar(found: re.Match[str]) -> Scalar:
    written, (start, end) = found["scalar"], found.span("scalar")
    if written[0] in "'\"":
        return Scalar(written[1:-1], cast("Style", written[0]), written[1:-1], start, end)
    return Scalar(resolve(written), "plain", written, start, end)


@lru_cache(_REMEMBERED_LAYOUTS)
def _layout(shapes: tuple[Shape, ...]) -> Layout | None:
    """Return where things stand in a file of these lines; None where that is no mapping."""
    if not _value([Line(shape, None, {}) for shape in shapes]):
        return None
    layout = Layout({}, {}, {})
    section = ""
    for number, (indent, key, _, inner) in enumerate(shapes):
        if indent == 0:
            section = key
            layout.sections[key] = number
            layout.children.update(((key, name), number) for name in inner)
        elif indent > 0 and key != ITEM and layout.margins.setdefault(section, indent) == indent:
            layout.children[section, key] = number
    return layout


def _value(lines: Sequence[Line]) -> dict[str, object] | None:
    """Return the mapping that `lines` are; None where they are none, or not surely."""
    root: dict[str, object] = {}
    inside: _Container = root
    margin, above = 0, ""
    around: list[tuple[int, _Container]] = []
    held = [line for line in lines if line.shape is not _NOTHING.shape]
    for (indent, key, opens, _), value, _ in held[held[:1] == [_START_OF_DOCUMENT] :]:
        if indent < 0:
            return None
        if indent > margin and above and len(around) < _DEEPEST:
            around.append((margin, inside))
            margin, inside = indent, _opened(inside, above, key)
        while indent < margin:
            margin, inside = around.pop()
        if indent != margin or not _put(inside, key, value):
            return None
        above = key if opens else ""
    return root


def _opened(inside: _Container, above: str, key: str) -> _Container:
    new: _Container = [] if key == ITEM else {}
    if isinstance(inside, dict):
        inside[above] = new
    return new


def _put(inside: _Container, key: str, value: object) -> bool:
    """Add a line's value, and tell whether it belongs there."""
    if isinstance(inside, list):
        inside.append(value)
        return key == ITEM
    if key == ITEM or key in inside:
        return False
    inside[key] = value
    return True

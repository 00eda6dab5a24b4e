"""The YAML that nearly every circuit's config consists of, read line by line.

A line is blank, a comment, `key: value` or `- value`, where a value is a scalar without escapes or
a flow mapping or list of such scalars. Whatever else YAML has, and whatever the restricted reader
might refuse, is not read here: it is the reader's, which says what is wrong with it and where.
"""

from collections.abc import Sequence
from functools import lru_cache
from operator import itemgetter
from typing import Any, NamedTuple

from bot.core.yaml.line import (
    ITEM,
    MOST_CHARACTERS,
    NOTHING,
    START_OF_DOCUMENT,
    Line,
    Scalar,
    Shape,
    read_line,
)
from bot.core.yaml.reader import BYTE_ORDER_MARK, MAX_BYTES

_MOST_LINES = 100
_DEEPEST = 8  # well below what the reader refuses
_REMEMBERED = 256
_SHAPE = itemgetter(Line._fields.index("shape"))


class _Step(NamedTuple):
    """How a line is put into the value of its file.

    Attributes:
        number: the line's, from 0.
        depth: how many mappings and lists are around it, the whole file not counted.
        opens: whether it begins a mapping or list whose entries are on the lines below.
    """

    number: int
    depth: int
    key: str
    opens: type[dict[str, object] | list[object]] | None


class Layout(NamedTuple):
    """Where things stand in a file, by the numbers of their lines, from 0.

    Attributes:
        steps: how the lines make up the file's value.
        sections: the top-level keys.
        children: the keys of mappings in them.
        margins: how far the lines directly below a top-level key are indented.
    """

    steps: tuple[_Step, ...]
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
        root: dict[str, object] = {}
        inside: list[Any] = [root] * (_DEEPEST + 2)
        for number, depth, key, opens in self.layout.steps:
            value = opens() if opens else self.lines[number].value
            if opens:
                inside[depth + 1] = value
            if key == ITEM:
                inside[depth].append(value)
            else:
                inside[depth][key] = value
        return root

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
    is_long = len(texts) > _MOST_LINES or max(map(len, texts)) > MOST_CHARACTERS
    if is_long or texts[-1].endswith("\r"):
        return None
    lines = list(map(read_line, texts))
    layout = _layout(tuple(map(_SHAPE, lines)))
    return Lines(data[: len(data) - len(content)], texts, lines, layout) if layout else None


# A fleet has few layouts.
@lru_cache(_REMEMBERED)
def _layout(shapes: tuple[Shape, ...]) -> Layout | None:
    """Return where things stand in a file of these lines; None where that is no mapping."""
    steps = _steps(shapes)
    if not steps:
        return None
    layout = Layout(tuple(steps), {}, {}, {})
    section = ""
    for number, depth, key, _ in steps:
        if depth == 0:
            section = key
            layout.sections[key] = number
            layout.children.update(((key, name), number) for name in shapes[number].inner)
        elif depth == 1 and key != ITEM:
            layout.margins[section] = shapes[number].indent
            layout.children[section, key] = number
    return layout


def _steps(shapes: Sequence[Shape]) -> list[_Step] | None:
    """Return how the lines are put together; None where they are no mapping, or not surely."""
    steps: list[_Step] = []
    margins = [0]
    names: list[set[str] | None] = [set()]  # of the keys on each level; None for a list
    awaits = False
    for number, (indent, key, opens, _) in _held(shapes):
        if indent > margins[-1] and awaits and len(margins) <= _DEEPEST:
            margins.append(indent)
            names.append(None if key == ITEM else set())
            steps[-1] = steps[-1]._replace(opens=list if key == ITEM else dict)
        while indent < margins[-1] and len(margins) > 1:
            margins.pop()
            names.pop()
        if indent != margins[-1] or not _fits(names[-1], key):
            return None
        steps.append(_Step(number, len(margins) - 1, key, None))
        awaits = opens
    return steps


def _held(shapes: Sequence[Shape]) -> list[tuple[int, Shape]]:
    """Return the lines that hold something, after the one that may start the document."""
    held = [(number, one) for number, one in enumerate(shapes) if one != NOTHING.shape]
    return held[1:] if held and held[0][1] == START_OF_DOCUMENT.shape else held


def _fits(names: set[str] | None, key: str) -> bool:
    """Tell whether an entry belongs on a level, and note its key there."""
    if names is None or key == ITEM:
        return names is None and key == ITEM
    is_new = key not in names
    names.add(key)
    return is_new

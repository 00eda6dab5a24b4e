"""The edits of `bot.core.yaml.edit` for files that are read line by line, proven by reading again.

Both give the same bytes. What cannot be done here, or not be proven, is left to the other one.
"""

from collections import Counter
from collections.abc import Mapping
from typing import TypeAlias

from bot.core.yaml.document import Style
from bot.core.yaml.line import Line, Scalar
from bot.core.yaml.lines import Lines, read_lines
from bot.core.yaml.quote import quoted

_USUAL_INDENTATION = 2
_Contents: TypeAlias = Mapping[str | int, tuple[type, str]]


def set_in_lines(lines: Lines, section: str, key: str, value: str) -> Lines | None:
    """Return the file with the text `value` at `section.key`, where a scalar must stand.

    None where none stands there, or the edit cannot be proven.

    Raises:
        ValueError: the text cannot be written on one line.
    """
    found = lines.find(section, key)
    if found is None:
        return None
    number, scalar = found
    if _content(scalar) == (str, value):
        return lines
    text = lines.texts[number]
    new = text[: scalar.start] + quoted(value, scalar.style) + text[scalar.end :]
    after = _with_lines(lines, number, 1, [new])
    wanted: _Contents = {key if lines.lines[number].shape.inner else 0: (str, value)}
    return after if after and _differs_only(lines, after, number, wanted) else None


def insert_in_lines(lines: Lines, section: str, key: str, value: str) -> Lines | None:
    """Return the file with the new key `section.key`, where and as `insert_scalar` puts it.

    None where the key is there already, has no place, or the edit cannot be proven.

    Raises:
        ValueError: the text cannot be written on one line.
    """
    if lines.find(section, key):
        return None
    entry = f"{key}: {quoted(value, _quotes(lines))}"
    number = lines.layout.sections.get(section)
    if number is None:
        after = _append(lines, f"{section}:", _indentation(lines, section) + entry)
    elif lines.lines[number].shape.opens:
        after = _insert_below(lines, number, _indentation(lines, section) + entry)
    else:
        after = _insert_in_flow(lines, number, entry)
    return after if after and _adds_only(lines, after, section, {key: value}) else None


def _append(lines: Lines, *new: str) -> Lines | None:
    """Return the file with two more lines; a missing final newline stays missing."""
    last, end = len(lines.texts) - 1, _line_end(lines)
    if lines.texts[last]:
        return _with_lines(lines, last, 1, [f"{lines.texts[last]}{end}", f"{new[0]}{end}", new[1]])
    return _with_lines(lines, last, 0, [f"{new[0]}{end}", f"{new[1]}{end}"])


def _insert_below(lines: Lines, number: int, entry: str) -> Lines | None:
    """Return the file with `entry` as the line below another."""
    if number + 1 == len(lines.texts):
        above = lines.texts[number] + _line_end(lines)
        return _with_lines(lines, number, 1, [above, entry])
    return _with_lines(lines, number + 1, 0, [entry + _line_end(lines)])


def _insert_in_flow(lines: Lines, number: int, entry: str) -> Lines | None:
    """Return the file with `entry` as the first one of the flow mapping on a line."""
    text, inner = lines.texts[number], lines.lines[number].value
    if not isinstance(inner, dict):
        return None
    start = text.index("{") + 1
    if inner:
        start += len(text[start:]) - len(text[start:].lstrip(" "))
        entry += ", "
    return _with_lines(lines, number, 1, [text[:start] + entry + text[start:]])


def _with_lines(lines: Lines, start: int, count: int, new: list[str]) -> Lines | None:
    """Return the file, read again, with `new` instead of the `count` lines from `start`."""
    texts = [*lines.texts[:start], *new, *lines.texts[start + count :]]
    return read_lines(lines.mark + "\n".join(texts).encode())


def _differs_only(before: Lines, after: Lines, number: int, wanted: _Contents) -> bool:
    """Tell whether reading again shows that only `wanted` differs, all of it in one line.

    Lines of the same shapes are put together alike, so what the other lines say stays as it is.
    """
    old, new = before.lines[number], after.lines[number]
    rest = [*after.lines[:number], old, *after.lines[number + 1 :]]
    is_same = old.shape == new.shape and rest == before.lines
    return is_same and _contents(new) == {**_contents(old), **wanted}


def _adds_only(before: Lines, after: Lines, section: str, wanted: Mapping[str, object]) -> bool:
    """Tell whether reading again shows that only `wanted` was added to a section, before the rest.

    To `==` 1, 1.0 and true are equal; written down they are not.
    """
    inner = before.value.get(section) or {}
    if not isinstance(inner, dict):
        return False
    return repr(after.value) == repr({**before.value, section: {**wanted, **inner}})


def _contents(line: Line) -> _Contents:
    return {name: _content(scalar) for name, scalar in line.scalars.items()}


def _content(scalar: Scalar) -> tuple[type, str]:
    return type(scalar.value), scalar.text


def _quotes(lines: Lines) -> Style:
    """Return the quotes that the file has most of; double ones if it has as many of both."""
    styles = Counter(scalar.style for line in lines.lines for scalar in line.scalars.values())
    return "'" if styles["'"] > styles['"'] else '"'


def _indentation(lines: Lines, section: str) -> str:
    """Return how far a section is indented, or where it is not, the file's first one."""
    margins = lines.layout.margins
    return " " * (margins.get(section) or next(iter(margins.values()), _USUAL_INDENTATION))


def _line_end(lines: Lines) -> str:
    """Return what stands before the newline of the file's first line."""
    return "\r" if lines.texts[0].endswith("\r") else ""

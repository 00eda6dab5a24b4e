"""Read the YAML that people write, and refuse the YAML that only attackers and accidents write.

Aliases, anchors, tags, merges, duplicate keys and several documents are refused on the level of
parser events, before any value is built: expanding them can cost seconds for 400 bytes.
"""

import re
from collections.abc import Iterator
from typing import NoReturn

import yaml

from bot.core.problem import Problem
from bot.core.yaml.builder import Builder, TooManyProblemsError
from bot.core.yaml.document import Document
from bot.errors import InvalidFileError

MAX_BYTES = 64 * 1024
BYTE_ORDER_MARK = b"\xef\xbb\xbf"

_LOADER: type[yaml.CSafeLoader | yaml.SafeLoader] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

# What an editor shows differently from what a parser reads: control characters, line ends that are
# not newlines, marks inside the text, and characters that reverse the direction of writing.
# The few that are hidden: a pattern of the many that are not takes ten times as long to compile.
HIDDEN = re.compile(
    r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ufeff\ufffe\uffff]"
    r"|\r(?!\n)"
)
_TAB_INDENTATION = re.compile(r"^ *(\t)", re.MULTILINE)


def read(data: bytes, path: str) -> Document:
    """Return the one document in `data`; `path` is only named in problems.

    Raises:
        InvalidFileError: `data` is over 64 KiB, not UTF-8, not YAML, nested deeper than 20, or uses
            anchors, aliases, tags, merges, duplicate keys, several documents, tabs as indentation
            or characters that cannot be seen. It carries every problem up to the first that makes
            the rest unreadable.
    """
    text = _decode(data, path)
    hidden = tuple(_hidden_characters(text, path))
    if hidden:
        raise InvalidFileError(hidden)
    builder = Builder(path)
    try:
        for event in yaml.parse(text, Loader=_LOADER):
            builder.take(event)
    except TooManyProblemsError:
        raise InvalidFileError(builder.problems) from None
    except yaml.MarkedYAMLError as error:
        raise InvalidFileError([*builder.problems, _syntax_problem(error, path)]) from error
    if builder.problems:
        raise InvalidFileError(builder.problems)
    end = len(text) if builder.end is None else builder.end
    return Document(path, builder.root, text, builder.nodes, end)


def _decode(data: bytes, path: str) -> str:
    if len(data) > MAX_BYTES:
        what = f"has {len(data)} bytes; at most {MAX_BYTES} are read"
        raise InvalidFileError([Problem(path, 0, 0, what, "Make the file smaller.")])
    content = data.removeprefix(BYTE_ORDER_MARK)
    try:
        return content.decode()
    except UnicodeDecodeError as error:
        _refuse_encoding(content[: error.start], path)


def _refuse_encoding(readable: bytes, path: str) -> NoReturn:
    line = readable.count(b"\n") + 1
    column = len(readable[readable.rfind(b"\n") + 1 :].decode()) + 1
    problem = Problem(path, line, column, "is not UTF-8", "Save the file as UTF-8.")
    raise InvalidFileError([problem])


def _hidden_characters(text: str, path: str) -> Iterator[Problem]:
    if found := HIDDEN.search(text):
        what = f"has the invisible character U+{ord(found[0]):04X}"
        yield _at(text, found.start(), path, what, "Remove it, or write it as an escape.")
    if found := _TAB_INDENTATION.search(text):
        yield _at(text, found.start(1), path, "a line begins with a tab", "Use spaces.")


def _at(text: str, index: int, path: str, what: str, remedy: str) -> Problem:
    line = text.count("\n", 0, index) + 1
    return Problem(path, line, index - text.rfind("\n", 0, index), what, remedy)


def _syntax_problem(error: yaml.MarkedYAMLError, path: str) -> Problem:
    mark = error.problem_mark
    line, column = (mark.line + 1, mark.column + 1) if mark else (0, 0)
    what = f"is not valid YAML: {error.problem}"
    return Problem(path, line, column, what, "Mend the syntax here.")

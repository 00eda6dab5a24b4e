"""A YAML file as read: its values, and where each of them stands."""

from collections.abc import Mapping
from typing import Literal, NamedTuple, TypeAlias

from bot.core.problem import Problem

KeyPath: TypeAlias = tuple[str | int, ...]
Kind: TypeAlias = Literal["mapping", "sequence", "scalar"]
Style: TypeAlias = Literal["plain", "'", '"', "|", ">", "block", "flow"]


class Mark(NamedTuple):
    """A place in a text: `line` and `column` from 1, `offset` in code points from 0."""

    line: int
    column: int
    offset: int


class Shape(NamedTuple):
    """How a value is written; `text` is a scalar's content, without quotes and escapes."""

    kind: Kind
    style: Style
    text: str = ""


class Node(NamedTuple):
    """One value of a document, how it is written and where."""

    kind: Kind
    style: Style
    text: str
    start: Mark
    end: Mark
    key: Mark | None


class Document(NamedTuple):
    """What a file says.

    Attributes:
        path: where the file lies in the repository.
        value: dicts, lists and scalars; every key is a string.
        text: the file's text without its byte order mark.
        nodes: every value by its key path; `()` is the whole document.
        end: where the content ends: before a `...` line, otherwise at the end of the text.
    """

    path: str
    value: object
    text: str
    nodes: Mapping[KeyPath, Node]
    end: int

    def position(self, key_path: KeyPath) -> tuple[int, int]:
        """Return (line, column) of the value at `key_path`, or of the nearest one around it."""
        node = self._nearest(key_path)
        return (node.start.line, node.start.column) if node else (0, 0)

    def key_position(self, key_path: KeyPath) -> tuple[int, int]:
        """Return (line, column) of the key at `key_path`, or of the value if it has no key."""
        node = self._nearest(key_path)
        if node is None or node.key is None:
            return self.position(key_path)
        return node.key.line, node.key.column

    def problem(self, key_path: KeyPath, what: str, remedy: str) -> Problem:
        """Return what is wrong with the value at `key_path`, in its place."""
        line, column = self.position(key_path)
        return Problem(self.path, line, column, what, remedy)

    def _nearest(self, key_path: KeyPath) -> Node | None:
        for length in range(len(key_path), -1, -1):
            if node := self.nodes.get(key_path[:length]):
                return node
        return None


def dotted(key_path: KeyPath) -> str:
    """Return `key_path` as a person writes it: `gates.registry.groups[0]`."""
    parts = (f"[{key}]" if isinstance(key, int) else f".{key}" for key in key_path)
    return "".join(parts).removeprefix(".")

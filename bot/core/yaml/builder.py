"""Parser events → values and their places, refusing what the restricted YAML does not have."""

from typing import Final, cast

import yaml

from bot.core.problem import Problem
from bot.core.yaml.document import KeyPath, Mark, Node, Shape, Style, dotted
from bot.core.yaml.scalar import resolve

MAX_DEPTH = 20
_MOST_PROBLEMS = 20  # of one file; the first ones say enough, and a hostile file has thousands


class TooManyProblemsError(Exception):
    """Reading cannot go on, or has no use; the builder holds the problems."""


class _Open:
    """A mapping or sequence whose end was not yet seen."""

    __slots__ = ("items", "key", "key_mark", "path")

    def __init__(self, path: KeyPath, items: dict[str, object] | list[object]) -> None:
        self.path = path
        self.items = items
        self.key = ""
        self.key_mark: Mark | None = None

    @property
    def awaits_key(self) -> bool:
        return self.key_mark is None and isinstance(self.items, dict)


class Builder:
    """Takes one event after another.

    Attributes:
        root: the document's value.
        nodes: every value's place by its key path.
        problems: what was refused so far.
        end: where an explicit end of the document (`...`) stands.
    """

    def __init__(self, path: str) -> None:
        self.root: object = None
        self.nodes: dict[KeyPath, Node] = {}
        self.problems: list[Problem] = []
        self.end: int | None = None
        self._path: Final = path
        self._open: list[_Open] = []
        self._documents = 0

    def take(self, event: yaml.Event) -> None:
        """Add what `event` says.

        Raises:
            TooManyProblemsError: the rest of the file cannot be read, or not usefully.
        """
        match event:
            case yaml.ScalarEvent():
                self._take_scalar(event)
            case yaml.CollectionStartEvent():
                self._start(event)
            case yaml.CollectionEndEvent():
                self._finish(event)
            case yaml.AliasEvent():
                self._take_alias(event)
            case yaml.DocumentStartEvent():
                self._start_document(event)
            case yaml.DocumentEndEvent(explicit=True):
                self.end = _mark(event.start_mark).offset

    def _start_document(self, event: yaml.DocumentStartEvent) -> None:
        self._documents += 1
        if self._documents > 1:
            self._refuse(event, "holds a second document", "Keep one document in a file.")
            raise TooManyProblemsError
        if event.version or event.tags:
            self._refuse(event, "has a `%` directive", "Remove the directive.")

    def _take_alias(self, event: yaml.AliasEvent) -> None:
        what = f"uses the alias `*{event.anchor}`"
        self._refuse(event, what, "Write the value out; aliases are not read.")
        if self._open and self._open[-1].awaits_key:
            raise TooManyProblemsError
        self._place(event, Shape("scalar", "plain"), None)

    def _take_scalar(self, event: yaml.ScalarEvent) -> None:
        self._refuse_properties(event)
        style = cast("Style", event.style or "plain")
        if self._open and self._open[-1].awaits_key:
            self._take_key(event, style)
            return
        value = resolve(event.value) if style == "plain" else event.value
        self._place(event, Shape("scalar", style, event.value), value)

    def _take_key(self, event: yaml.ScalarEvent, style: Style) -> None:
        parent = self._open[-1]
        if style == "plain" and event.value == "<<":
            self._refuse(event, "uses the merge key `<<`", "Write the merged keys out.")
        if event.value in parent.items:
            key_path = (*parent.path, event.value)
            first = self.nodes[key_path].start.line
            what = f"has the key `{dotted(key_path)}` a second time, first in line {first}"
            self._refuse(event, what, "Keep one of them.")
        parent.key, parent.key_mark = event.value, _mark(event.start_mark)

    def _start(self, event: yaml.CollectionStartEvent) -> None:
        self._refuse_properties(event)
        if self._open and self._open[-1].awaits_key:
            self._refuse(event, "uses a mapping or a list as a key", "Use a text as the key.")
            raise TooManyProblemsError
        if len(self._open) >= MAX_DEPTH:
            self._refuse(event, f"is nested deeper than {MAX_DEPTH} levels", "Make it flatter.")
            raise TooManyProblemsError
        is_mapping = isinstance(event, yaml.MappingStartEvent)
        items: dict[str, object] | list[object] = {} if is_mapping else []
        shape = Shape(
            "mapping" if is_mapping else "sequence", "flow" if event.flow_style else "block"
        )
        self._open.append(_Open(self._place(event, shape, items), items))

    def _finish(self, event: yaml.CollectionEndEvent) -> None:
        path = self._open.pop().path
        self.nodes[path] = self.nodes[path]._replace(end=_mark(event.end_mark))

    def _place(self, event: yaml.Event, shape: Shape, value: object) -> KeyPath:
        """Put `value` where the parser stands, and return that place."""
        path: KeyPath = ()
        key_mark = None
        if not self._open:
            self.root = value
        elif isinstance(items := self._open[-1].items, list):
            path = (*self._open[-1].path, len(items))
            items.append(value)
        else:
            parent = self._open[-1]
            path = (*parent.path, parent.key)
            items[parent.key] = value
            key_mark, parent.key_mark = parent.key_mark, None
        self.nodes[path] = Node(*shape, _mark(event.start_mark), _mark(event.end_mark), key_mark)
        return path

    def _refuse_properties(self, event: yaml.ScalarEvent | yaml.CollectionStartEvent) -> None:
        if event.anchor:
            what = f"has the anchor `&{event.anchor}`"
            self._refuse(event, what, "Remove it, and write the value out where it is used.")
        if event.tag:
            what = f"has the tag `{event.tag}`"
            self._refuse(event, what, "Remove the tag; quote the value if it is a text.")

    def _refuse(self, event: yaml.Event, what: str, remedy: str) -> None:
        line, column, _ = _mark(event.start_mark)
        self.problems.append(Problem(self._path, line, column, what, remedy))
        if len(self.problems) >= _MOST_PROBLEMS:
            raise TooManyProblemsError


def _mark(mark: object) -> Mark:
    place = cast("yaml.Mark", mark)  # typed as optional, but every event of a parser has it
    return Mark(place.line + 1, place.column + 1, place.index)

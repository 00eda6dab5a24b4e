"""The commands of a RUN instruction, as far as splitting a line into words shows them."""

import re
from collections.abc import Mapping
from typing import NamedTuple

MAX_COMMANDS = 200

_MAX_VARIABLES = 50
_MAX_VALUE = 300  # characters; no name and no version is longer

_OPERATORS = ("&&", "||", ";;", ";", "|", "&", "\n", "(", ")", "`")
_VARIABLE = re.compile(
    r"\$(?:(?P<bare>[A-Za-z_]\w*)"
    r"|\{(?P<name>[A-Za-z_]\w*)(?:(?P<how>:?[-+])(?P<other>[^{}$`\"'\\]*))?\})"
)


class Word(NamedTuple):
    """One word: `raw` as written, `value` without quotes; `offset` into the text it stands in."""

    raw: str
    value: str
    offset: int


class Command(NamedTuple):
    """One simple command.

    Attributes:
        connector: the operator before it; empty for the first.
        is_plain: nothing in it redirects, so that its words are all there is.
    """

    connector: str
    words: tuple[Word, ...]
    is_plain: bool

    @property
    def values(self) -> tuple[str, ...]:
        """Return the words without quotes."""
        return tuple(word.value for word in self.words)

    @property
    def offset(self) -> int:
        """Return where it starts."""
        return self.words[0].offset


def split_commands(text: str) -> tuple[Command, ...] | None:
    """Return the commands of a shell text; None where they cannot be told apart.

    The order of commands and what is between them is kept; what they do together is not analysed.
    """
    splitter = _Splitter(text)
    if not splitter.run():
        return None
    found = tuple(splitter.commands)
    return found if len(found) <= MAX_COMMANDS else None


def substitute(text: str, variables: Mapping[str, str]) -> str:
    """Return `text` with the variables that are known; others stay as they are written.

    A text that would grow without bounds stays as it is as well.
    """
    if text.count("$") > _MAX_VARIABLES:
        return text

    def value(found: re.Match[str]) -> str:
        known = variables.get(found["bare"] or found["name"])
        how, other = found["how"], found["other"] or ""
        if how in {":+", "+"}:
            return other if known else found[0]
        if how and not known:
            return other if known is None or how == ":-" else ""
        return found[0] if known is None else known

    found = _VARIABLE.sub(value, text)
    return found if len(found) <= _MAX_VALUE else text


class _Splitter:
    def __init__(self, text: str) -> None:
        self.text = text
        self.position = 0
        self.connector = ""
        self.is_plain = True
        self.start = 0
        self.value: list[str] = []
        self.in_word = False
        self.words: list[Word] = []
        self.commands: list[Command] = []

    def run(self) -> bool:
        """Split the text; tell whether every quote has its end."""
        while self.position < len(self.text):
            if not self._step():
                return False
        self._end_command("")
        if self.connector not in {"", ";", "\n"}:  # `&` and `)` mean something at the end as well
            end = Word("", "", len(self.text))
            self.commands.append(Command(self.connector, (end,), is_plain=False))
        return True

    def _step(self) -> bool:
        character = self.text[self.position]
        if character in " \t\r":
            self._end_word()
            self.position += 1
        elif character in "\"'":
            return self._quoted(character)
        elif character == "\\":
            self._escape()
        elif character == "#" and not self.in_word:
            self._skip_comment()
        elif character in "<>":
            self._redirect()
        elif operator := self._operator():
            self._end_command(operator)
            self.position += len(operator)
        else:
            self._take(character, 0)
        return True

    def _escape(self) -> None:
        pair = self.text[self.position : self.position + 2]
        if pair == "\\\n":
            self.position += 2
        else:
            self._take(pair, 1)

    def _take(self, raw: str, skipped: int) -> None:
        self._begin_word()
        self.value.append(raw[skipped:])
        self.position += len(raw)

    def _quoted(self, quote: str) -> bool:
        end = self.position + 1
        while end < len(self.text) and self.text[end] != quote:
            end += 2 if quote == '"' and self.text[end] == "\\" else 1
        if end >= len(self.text):
            return False
        self._begin_word()
        self.value.append(self.text[self.position + 1 : end])
        self.position = end + 1
        return True

    def _redirect(self) -> None:
        self.is_plain = False
        self._take(self.text[self.position], 0)
        if self.position < len(self.text) and self.text[self.position] == "&":
            self._take("&", 0)

    def _operator(self) -> str:
        found = (o for o in _OPERATORS if self.text.startswith(o, self.position))
        return next(found, "")

    def _skip_comment(self) -> None:
        end = self.text.find("\n", self.position)
        self.position = len(self.text) if end < 0 else end

    def _begin_word(self) -> None:
        if not self.in_word:
            self.in_word, self.start = True, self.position

    def _end_word(self) -> None:
        if self.in_word:
            raw = self.text[self.start : self.position]
            self.words.append(Word(raw, "".join(self.value), self.start))
            self.value, self.in_word = [], False

    def _end_command(self, operator: str) -> None:
        self._end_word()
        if self.words:
            self.commands.append(Command(self.connector, tuple(self.words), self.is_plain))
            self.connector = operator
        elif not (operator == "\n" or self.connector == "\n"):
            self.connector += operator
        elif operator != "\n":
            self.connector = operator
        self.words, self.is_plain = [], True

"""From a comment to a command, a mistake in one, or silence."""

import re
import shlex
from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches

from bot.core.commands.registry import COMMANDS, Argument, CommandSpec
from bot.core.refusal import Refusal

MAX_LINE = 1_000

_LINE_END = re.compile(r"\r\n|\r|\n")
_SPACES = str.maketrans({"\u00a0": " ", "\u2007": " ", "\u202f": " ", "\t": " "})
_QUOTES = str.maketrans(
    {"\u2018": "'", "\u2019": "'", "\u201c": '"', "\u201d": '"', "\u201e": '"', "\u201a": "'"}
)
# Keyboards turn `--` into one long dash, and `-` into a short one.
_DASHES = re.compile(r"(?<!\S)(?:[\u2013\u2014]-?|-[\u2013\u2014])(?=[^\s\u2013\u2014-])")
_BACKTICKED = re.compile(r"`([^`]+)`")
_VERB = re.compile(r"/([A-Za-z]+)(?: (.*))?")
_FLAG = re.compile(r"--([A-Za-z-]+)(?:=(.*))?", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Command:
    """A command of the registry whose arguments fit its usage, by argument name."""

    name: str
    arguments: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Invalid:
    """A known verb with arguments that do not fit.

    Attributes:
        name: the verb.
        why: one sentence without the text that was typed, which is anybody's.
        usage: what would fit.
    """

    name: str
    why: str
    usage: str
    code: str = "CMD_ARGS"

    @property
    def refusal(self) -> Refusal:
        """Return the answer to the person who typed it."""
        return Refusal(
            code=self.code,
            headline=f"`/{self.name}` cannot be understood",
            facts=(self.why, f"Usage: `{self.usage}`"),
            resolver="whoever typed it, in a new comment: edited comments are not read",
            next=f"/help {self.name}",
        )


class _ArgumentError(Exception):
    """The arguments do not fit; the message is the sentence for the person who typed them."""


def parse(body: str) -> Command | Invalid | None:
    """Return what the comment asks for; None means that it is not for this bot.

    Only the first line that is not blank counts, and it must begin with the slash: quoted lines,
    fences, indented code and prose begin otherwise. Words that are no verb of ours belong to other
    bots. Whether the comment was edited or written by a bot is for the caller to know.
    """
    line = _first_line(body)
    found = _VERB.fullmatch(line) if line else None
    spec = COMMANDS.get(found[1].lower()) if found else None
    if found is None or spec is None:
        return None
    try:
        return Command(spec.name, _arguments(spec, _words(found[2] or "")))
    except _ArgumentError as error:
        return Invalid(spec.name, str(error), spec.usage)


def _first_line(body: str) -> str:
    """Return the deciding line, normalised: what keyboards and editors add is taken away."""
    lines = (line.translate(_SPACES).rstrip() for line in _LINE_END.split(body))
    line = next((line for line in lines if line), "")
    if len(line) > MAX_LINE:
        return ""
    unquoted = _BACKTICKED.fullmatch(line)
    line = unquoted[1] if unquoted else line
    return _DASHES.sub("--", line.translate(_QUOTES)).rstrip()


def _words(text: str) -> list[str]:
    """Return the words, quoted ones whole; nothing ever reaches a shell."""
    try:
        return shlex.split(text)
    except ValueError:
        raise _ArgumentError("A quotation mark is never closed.") from None


def _arguments(spec: CommandSpec, words: list[str]) -> dict[str, str]:
    """Return the argument values by name.

    Raises:
        _ArgumentError: one is missing, unknown, doubled, or not of its kind.
    """
    positions = [argument for argument in spec.arguments if not argument.flag]
    given: dict[str, str] = {}
    rest = list(words)
    while rest:
        word = rest.pop(0)
        flag = _FLAG.fullmatch(word)
        if flag:
            argument = _flag(spec, flag[1])
            value = flag[2] if flag[2] is not None else _value_after(argument, rest)
        else:
            argument = _position(positions, word)
            value = word
        if argument.name in given:
            raise _ArgumentError(f"`--{argument.name}` is given twice.")
        given[argument.name] = _checked(argument, value)
    _require_all(spec, given)
    return given


def _flag(spec: CommandSpec, name: str) -> Argument:
    flags = {argument.name: argument for argument in spec.arguments if argument.flag}
    if name.lower() in flags:
        return flags[name.lower()]
    close = get_close_matches(name.lower(), flags, n=1)
    hint = f" Did you mean `--{close[0]}`?" if close else ""
    raise _ArgumentError(f"It has an option that `/{spec.name}` does not know.{hint}")


def _value_after(argument: Argument, rest: list[str]) -> str:
    if argument.switch:
        return ""
    if not rest or rest[0].startswith("-"):
        raise _ArgumentError(f"`--{argument.name}` needs a value: {argument.kind.hint}.")
    return rest.pop(0)


def _position(positions: list[Argument], word: str) -> Argument:
    if word.startswith("-"):
        raise _ArgumentError("Options are written out, with two dashes.")
    if not positions:
        raise _ArgumentError("It has more words than the usage allows.")
    return positions.pop(0)


def _checked(argument: Argument, value: str) -> str:
    if not argument.kind.pattern.fullmatch(value):
        name = f"`--{argument.name}`" if argument.flag else argument.kind.name
        raise _ArgumentError(f"{name} must be {argument.kind.hint}.")
    return value


def _require_all(spec: CommandSpec, given: Mapping[str, str]) -> None:
    missing = [a for a in spec.arguments if a.required and a.name not in given]
    if missing:
        raise _ArgumentError(f"{missing[0].kind.name} is missing: {missing[0].kind.hint}.")

"""Commands that install packages: what they install, and how."""

import re
from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from operator import itemgetter
from typing import Literal, NamedTuple

from bot.core.facts.dependency import Dependency, parse_conda, parse_pip
from bot.core.facts.dockerfile.shell import Command, Word, substitute

Tool = Literal["conda", "pip", "system"]

_PYTHON = re.compile(r"(?:\S*/)?python[0-9.]*")
_PIP = re.compile(r"(?:\S*/)?pip[0-9.]*")
_CONDA = re.compile(r"(?:\S*/)?(?:conda|mamba|micromamba)")
# Other programs and verbs, such as an interpreter's own pip, are part of the options.
_PLAIN = (
    r"(?:python3? -m )?pip3? install|conda install|apt(?:-get)?(?: -\S+)* install|apk add"
    r"|(?:yum|dnf|microdnf|tdnf|zypper) install"
)
_SYSTEM = {
    "apt-get": "install",
    "apt": "install",
    "apk": "add",
    "yum": "install",
    "dnf": "install",
    "microdnf": "install",
    "tdnf": "install",
    "zypper": "install",
}


class _Grammar(NamedTuple):
    """The options of a tool: those that take a value, those that do not, those without effect."""

    valued: frozenset[str]
    flags: frozenset[str]
    quiet: frozenset[str]


def _set(text: str) -> frozenset[str]:
    return frozenset(text.split())


_GRAMMARS: Mapping[Tool, _Grammar] = {
    "pip": _Grammar(
        _set(
            """
            -i --index-url --extra-index-url -f --find-links -r --requirement -c --constraint
            -e --editable -t --target --prefix --root --src --platform --python-version
            --implementation --abi --trusted-host --proxy --cert --client-cert --exists-action
            --upgrade-strategy --no-binary --only-binary --global-option --install-option
            --config-settings -C --use-feature --use-deprecated --progress-bar --timeout
            --default-timeout --retries --cache-dir --log --root-user-action
            """
        ),
        _set(
            """
            -U --upgrade --user --pre --no-deps -I --ignore-installed --force-reinstall
            --no-build-isolation --require-hashes --prefer-binary --no-index --isolated
            --break-system-packages --use-pep517 --no-use-pep517 --system
            """
        ),
        _set(
            """
            --no-cache-dir --no-cache -q -qq -qqq --quiet -v -vv -vvv --verbose
            --disable-pip-version-check --no-input --no-color --no-warn-script-location
            --no-warn-conflicts --no-python-version-warning --progress-bar --timeout
            --default-timeout --retries --cache-dir --log --root-user-action --compile
            --no-compile --no-clean
            """
        ),
    ),
    "conda": _Grammar(
        _set("-c --channel -n --name -p --prefix --solver"),
        _set(
            """
            --freeze-installed --no-deps --only-deps --override-channels --no-update-deps
            --update-deps --update-all --strict-channel-priority --no-channel-priority --no-pin
            --force-reinstall --copy -S --satisfied-skip-solve
            """
        ),
        _set("-y --yes -q --quiet -v -vv --verbose -qy -yq"),
    ),
    "system": _Grammar(
        _set("-t --target-release --repository -X"),
        _set("--no-install-recommends --install-recommends --no-install-suggests --no-cache -U -u"),
        _set("-y --yes --assume-yes -q -qq --quiet -qy -yq -qqy -yqq --no-progress"),
    ),
}


class SystemPackage(NamedTuple):
    """A package of the operating system; `version` is empty where none is asked for."""

    name: str
    version: str
    line: int


class Install(NamedTuple):
    """A command that installs.

    Attributes:
        options: what decides how, includes of files among it; equal options mean an equal manner.
        quiet: options that leave the same packages behind.
    """

    tool: Tool
    options: tuple[str, ...]
    quiet: tuple[str, ...]
    packages: tuple[Dependency, ...]
    system: tuple[SystemPackage, ...]
    line: int


class Place(NamedTuple):
    """Where a RUN stands: the variables it may use, and the line of each offset."""

    variables: Mapping[str, str]
    lines: Sequence[tuple[int, int]] = ((0, 1),)

    def line(self, offset: int) -> int:
        """Return the line of the file that holds this offset."""
        index = bisect_right(self.lines, offset, key=itemgetter(0))
        return self.lines[max(index - 1, 0)][1]

    def value(self, word: Word) -> str:
        """Return the word as the shell sees it, where that is known."""
        is_literal = "'" in word.raw or "\\" in word.raw
        return word.value if is_literal else substitute(word.value, self.variables)


def read_install(command: Command, place: Place) -> Install | None:
    """Return what the command installs; None if it does something else, or nobody can say."""
    if not command.is_plain or any("`" in word.raw or "$(" in word.raw for word in command.words):
        return None
    values = command.values
    skipped, tool = _tool(values)
    if tool is None:
        return None
    named = " ".join(values[:skipped]).removeprefix("sudo ")
    reading = _Reading(_GRAMMARS[tool], [] if re.fullmatch(_PLAIN, named) else [named])
    if not reading.read(command.words[skipped:]):
        return None
    words = [(place.value(word), place.line(word.offset)) for word in reading.named]
    line = place.line(command.offset)
    options, quiet = tuple(reading.options), tuple(reading.quiet)
    if tool == "system":
        system = tuple(_system_package(*word) for word in words)
        return Install(tool, options, quiet, (), system, line)
    parse = parse_conda if tool == "conda" else parse_pip
    return Install(tool, options, quiet, tuple(parse(*word) for word in words), (), line)


class _Reading:
    """The words of a command after `install`, sorted into what they are."""

    def __init__(self, grammar: _Grammar, options: list[str]) -> None:
        self.grammar = grammar
        self.options = options
        self.quiet: list[str] = []
        self.named: list[Word] = []

    def read(self, words: Sequence[Word]) -> bool:
        """Sort the words; tell whether each is understood."""
        remaining = iter(words)
        return all(self._take(word, remaining) for word in remaining)

    def _take(self, word: Word, remaining: Iterator[Word]) -> bool:
        option, has_value, _ = word.value.partition("=")
        if not word.value.startswith("-"):
            self.named.append(word)
            return bool(word.value)
        taken = [word.value]
        if option in self.grammar.valued and not has_value:
            taken += [following.value for following in _first(remaining)]
        kept = self.quiet if option in self.grammar.quiet else self.options
        kept.append(" ".join(taken))
        return option in (self.grammar.valued | self.grammar.flags | self.grammar.quiet)


def _first(remaining: Iterator[Word]) -> list[Word]:
    return [word for word in (next(remaining, None),) if word]


def _tool(values: Sequence[str]) -> tuple[int, Tool | None]:
    """Return how many words come before what is installed, and what installs it."""
    start = 1 if values[:1] == ("sudo",) else 0
    if _PYTHON.fullmatch(values[start] if start < len(values) else "") and values[
        start + 1 : start + 2
    ] == ("-m",):
        start += 2
    named = [*values[start : start + 2], "", ""][:2]
    if _PIP.fullmatch(named[0]) and named[1] == "install":
        return start + 2, "pip"
    if _CONDA.fullmatch(named[0]) and named[1] in {"install", "create"}:
        return start + 2, "conda"
    return _system_tool(values, start)


def _system_tool(values: Sequence[str], start: int) -> tuple[int, Tool | None]:
    """Find `apt-get -y install`: options may stand before the verb."""
    verb = _SYSTEM.get(values[start] if start < len(values) else "")
    position = start + 1
    while position < len(values) and values[position] in _GRAMMARS["system"].quiet:
        position += 1
    if verb and values[position : position + 1] == (verb,):
        return position + 1, "system"
    return 0, None


def _system_package(text: str, line: int) -> SystemPackage:
    name, _, version = text.partition("=")
    return SystemPackage(name, version, line)

"""RUN instructions, taken apart into steps."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple, TypeAlias

from bot.core.facts.dockerfile.installs import Install, Place, read_install
from bot.core.facts.dockerfile.instructions import Instruction
from bot.core.facts.dockerfile.shell import Command, split_commands

_OPTIONS = re.compile(r"(?:--[a-z]+(?:=\S+)?[ \t]+)*")
_SEQUENCE = frozenset({"", "&&", ";", "\n"})
_CLEANINGS = frozenset(
    {
        ("apt-get", "clean"),
        ("apt", "clean"),
        ("apt-get", "autoclean"),
        ("conda", "clean"),
        ("mamba", "clean"),
        ("micromamba", "clean"),
        ("pip", "cache"),
        ("pip3", "cache"),
        ("yum", "clean"),
        ("dnf", "clean"),
        ("microdnf", "clean"),
        ("tdnf", "clean"),
    }
)
_CACHES = (
    r"/var/lib/apt/lists(?:/\*)?|/var/cache/(?:apt|yum|dnf|apk)(?:/\*|/archives/\*)?"
    r"|(?:/root|~|\$HOME|\$\{HOME\})/\.cache(?:/pip)?(?:/\*)?"
)
_SETTINGS = r"-[eux]+|-o|pipefail"

Key: TypeAlias = tuple[object, ...]


class Step(NamedTuple):
    """One command of a RUN; `install` where it installs packages."""

    command: Command
    install: Install | None

    @property
    def key(self) -> Key:
        """Return what must be equal for two steps to do the same."""
        connector = self.command.connector or "&&"
        return connector, tuple(word.raw for word in self.command.words)

    @property
    def is_cleaning(self) -> bool:
        """Tell whether it only removes what installers leave behind."""
        values = self.command.values
        if not self.command.is_plain or self.command.connector not in _SEQUENCE:
            return False
        if values[:1] == ("rm",):
            paths = [value for value in values[1:] if not value.startswith("-")]
            return bool(paths) and all(re.fullmatch(_CACHES, path) for path in paths)
        arguments = [value for value in values if not value.startswith("-")]
        return tuple(arguments[:2]) in _CLEANINGS

    @property
    def is_install(self) -> bool:
        """Tell whether it installs packages, whatever the steps before it returned."""
        return self.install is not None and self.command.connector in _SEQUENCE

    @property
    def is_preparation(self) -> bool:
        """Tell whether it leaves nothing in the image, and only serves the steps after it."""
        values = self.command.values
        if not self.command.is_plain or self.command.connector not in _SEQUENCE:
            return False
        if values[:1] == ("set",):
            return all(re.fullmatch(_SETTINGS, value) for value in values[1:])
        words = tuple(value for value in values if not value.startswith("-"))
        return words in {("apt-get", "update"), ("apt", "update")}


class Run(NamedTuple):
    """A RUN instruction, taken apart.

    Attributes:
        options: `--mount` and the like.
        steps: its commands without those that only clean up; None where nobody can tell them apart.
        cleaning: the commands that only clean up.
    """

    instruction: Instruction
    options: str
    steps: tuple[Step, ...] | None
    cleaning: tuple[Step, ...] = ()

    @property
    def key(self) -> Key:
        """Return what must be equal for two RUNs to do the same where steps cannot be told."""
        return self.instruction.text, tuple(h.body for h in self.instruction.heredocs)

    @property
    def shown(self) -> str:
        """Return what it runs."""
        heredocs = self.instruction.heredocs
        return heredocs[0].body if heredocs else self.instruction.text

    @property
    def housekeeping(self) -> Key:
        """Return what decides what installers print and leave behind."""
        quiet = (step.install.quiet for step in self.steps or () if step.install)
        return *(step.command.values for step in self.cleaning), *filter(None, quiet)

    @property
    def only_installs(self) -> bool:
        """Tell whether packages are all that it leaves in the image."""
        if self.steps is None or self.options:
            return False
        kept = [step for step in self.steps if not step.is_preparation]
        return all(step.is_install for step in kept) and bool(kept or not self.steps)


def read_run(instruction: Instruction, variables: Mapping[str, str]) -> Run:
    """Return the steps of a RUN instruction: of its text, or of the one heredoc that it runs."""
    found = _OPTIONS.match(instruction.raw)
    skipped = found.end() if found else 0
    options, text = instruction.raw[:skipped], instruction.raw[skipped:]
    starts: Sequence[tuple[int, int]] = [(max(o - skipped, 0), n) for o, n in instruction.starts]
    if instruction.heredocs:
        heredoc = instruction.heredocs[0]
        if " " in text or text[:2] != "<<" or heredoc.body.lstrip().startswith("#!"):
            return Run(instruction, options, None)
        text, starts = heredoc.body, tuple(_line_starts(heredoc.body, heredoc.line))
    commands = None if text.startswith("[") else split_commands(text)
    if commands is None:
        return Run(instruction, options, None)
    place = Place(variables, starts)
    steps = [Step(command, read_install(command, place)) for command in commands]
    kept = tuple(step for step in steps if not step.is_cleaning)
    cleaning = tuple(step for step in steps if step.is_cleaning)
    return Run(instruction, " ".join(options.split()), kept, cleaning)


def _line_starts(text: str, first: int) -> Iterator[tuple[int, int]]:
    offset = 0
    for number, line in enumerate(text.split("\n"), start=first):
        yield offset, number
        offset += len(line) + 1

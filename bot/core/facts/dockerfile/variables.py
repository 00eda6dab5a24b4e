"""What ARG and ENV give to the instructions below them."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from bot.core.facts.dockerfile.instructions import Instruction
from bot.core.facts.dockerfile.shell import substitute

_ASSIGNMENT = re.compile(r"(?P<name>[A-Za-z_]\w*)=(?P<value>\"[^\"\\]*\"|'[^'\\]*'|[^\s\"'\\]*)")
_FROM = re.compile(r"(?P<options>(?:--\S+[ \t]+)*)(?P<image>[^\s-]\S*)(?P<alias>.*)", re.DOTALL)


class Start(NamedTuple):
    """A FROM instruction: its options, its image as it stands and resolved, its stage's name."""

    options: str
    written: str
    image: str
    stage: str


def assignments(instruction: Instruction) -> Mapping[str, str | None]:
    """Return what an ARG or ENV sets; None for an ARG without a default.

    What is not written as `NAME=value` is left out.
    """
    if instruction.keyword == "ARG" and "=" not in instruction.text:
        return dict.fromkeys(instruction.text.split())
    found: dict[str, str | None] = {}
    for pair in _ASSIGNMENT.finditer(instruction.text):
        value = pair["value"]
        found[pair["name"]] = value[1:-1] if value[:1] in {'"', "'"} else value
    if instruction.keyword == "ENV" and not _is_paired(instruction):
        name, _, value = instruction.text.partition(" ")
        return {name: value}
    return found


def canonical_env(instruction: Instruction) -> str:
    """Return the text of an ENV in one spelling: `A 1` means `A=1`."""
    if _is_paired(instruction) or any(mark in instruction.text for mark in "\"'\\"):
        return instruction.text
    name, _, value = instruction.text.partition(" ")
    return f"{name}={value}" if " " not in value else instruction.text


def start_of(instruction: Instruction, variables: Mapping[str, str]) -> Start:
    """Return what a FROM instruction says."""
    found = _FROM.fullmatch(instruction.text)
    if found is None:
        return Start("", instruction.text, instruction.text, "")
    stage = " ".join(found["alias"].lower().split()).removeprefix("as ")
    options = " ".join(found["options"].split())
    return Start(options, found["image"], substitute(found["image"], variables), stage)


def walk(
    instructions: Iterable[Instruction],
) -> Iterator[tuple[Instruction, Mapping[str, str]]]:
    """Yield each instruction with the variables that it may use.

    Before the first FROM stand the arguments of FROM instructions; a stage has them where it names
    them again, and the variables of the stage that it starts from.
    """
    outer: dict[str, str] = {}
    stages: dict[str, dict[str, str]] = {}
    environment: dict[str, str] = {}
    arguments: dict[str, str] | None = None
    for instruction in instructions:
        if instruction.keyword == "FROM":
            yield instruction, dict(outer)
            start = start_of(instruction, outer)
            environment = dict(stages.get(start.image.lower(), {}))
            stages[start.stage], arguments = environment, {}
            continue
        # An ENV wins over an ARG of the same name, wherever it stands.
        known = outer if arguments is None else {**arguments, **environment}
        yield instruction, known
        if instruction.keyword == "ARG":
            _declare(instruction, outer if arguments is None else arguments, outer, known)
        elif instruction.keyword == "ENV":
            for name, value in assignments(instruction).items():
                environment[name] = substitute(value or "", known)


def base_image(instructions: Sequence[Instruction]) -> str | None:
    """Return the image that the last stage starts from, followed through stages; None without."""
    stages: dict[str, str] = {}
    image = None
    for instruction, variables in walk(instructions):
        if instruction.keyword == "FROM":
            start = start_of(instruction, variables)
            image = stages.get(start.image.lower(), start.image)
            stages[start.stage] = image
    return image


def _is_paired(instruction: Instruction) -> bool:
    first = instruction.text.split(maxsplit=1)[:1]
    return bool(first) and "=" in first[0]


def _declare(
    instruction: Instruction,
    scope: dict[str, str],
    outer: Mapping[str, str],
    known: Mapping[str, str],
) -> None:
    for name, value in assignments(instruction).items():
        default = outer.get(name) if value is None else substitute(value, known)
        if default is not None:
            scope[name] = default

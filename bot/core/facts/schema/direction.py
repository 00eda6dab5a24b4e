"""Which way data flows through a schema: what may be sent to us, or what readers get from us."""

import re
from enum import Enum, auto

from bot.core.environment_layout import FOLDER


class Direction(Enum):
    """Who relies on a schema: those who send (INPUT), those who read (OUTPUT), or nobody knows."""

    INPUT = auto()
    OUTPUT = auto()
    UNKNOWN = auto()


_WORDS = {
    "input": Direction.INPUT,
    "request": Direction.INPUT,
    "output": Direction.OUTPUT,
    "response": Direction.OUTPUT,
}
_WORD = re.compile("|".join(_WORDS))


def direction_of(path: str) -> Direction:
    """Return the direction that a file's name says; where it says none, its nearest folder's."""
    parts = path.lower().removeprefix(f"{FOLDER}/").split("/")
    for part in reversed(parts):
        if (named := named_direction(part)) is not None:
            return named
    return Direction.UNKNOWN


def named_direction(name: str) -> Direction | None:
    """Return the direction that a name says, UNKNOWN if it says both, None if it says none."""
    found = {_WORDS[word] for word in _WORD.findall(name.lower())}
    if not found:
        return None
    return found.pop() if len(found) == 1 else Direction.UNKNOWN

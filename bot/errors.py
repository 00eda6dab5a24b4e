"""What can go wrong, told apart by who can mend it."""

from collections.abc import Iterable
from enum import IntEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # whoever raises with one of these has it already
    from bot.core.problem import Problem
    from bot.core.refusal import Refusal


class Exit(IntEnum):
    """Exit codes, part of the public interface; README.md documents them."""

    OK = 0
    FAILED = 1
    USAGE = 2  # raised by click itself
    BUG = 3
    BLOCKED = 100  # the check ran, and found a change it will not let through


class BotError(Exception):
    """Something outside failed: GitHub, Azure, git or the machine.

    Attributes:
        what: one sentence that names the call and what it answered.
        done: what had taken effect before; empty means nothing had.
        undone: what did not happen because of it.
    """

    def __init__(self, what: str, *, done: str = "", undone: str = "") -> None:
        super().__init__(what)
        self.what = what
        self.done = done
        self.undone = undone

    def __str__(self) -> str:
        done, undone = self.done or "nothing", self.undone or "the rest"
        return f"{self.what} Done before: {done}. Not done: {undone}."


class PushRefusedError(BotError):
    """`origin` has a rule, such as a protected branch, that does not let us push."""


class UserError(Exception):
    """A refusal that somebody can resolve, raised where returning it would hide the flow."""

    def __init__(self, refusal: "Refusal") -> None:
        super().__init__(refusal.headline)
        self.refusal = refusal


class InvalidFileError(Exception):
    """Files of the repository that cannot be used as they are."""

    def __init__(self, problems: "Iterable[Problem]") -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))

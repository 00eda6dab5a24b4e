"""How much code is read: more than any evidence has, and little enough to be read at once."""

import ast
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import chain

MAX_CHARACTERS = 200_000
MAX_NODES = 40_000
MAX_STEPS = 60_000


class TooMuchCodeError(Exception):
    """There is more code, or more to follow in it, than is read; the message is a sentence."""


@dataclass(slots=True)
class Steps:
    """Counts what following the code costs: nodes looked at, again at each call and print."""

    taken: int = 0

    def take(self, steps: int = 1) -> None:
        """Count some steps more.

        Raises:
            TooMuchCodeError: they are more than `MAX_STEPS`.
        """
        self.taken += steps
        if self.taken > MAX_STEPS:
            raise TooMuchCodeError("The code is too complicated to be followed.")


def limit_characters(sources: Iterable[str]) -> None:
    """Refuse sources of cells that are together too long to be parsed.

    Raises:
        TooMuchCodeError: they hold more than `MAX_CHARACTERS`.
    """
    if sum(map(len, sources)) > MAX_CHARACTERS:
        raise TooMuchCodeError(f"The code is longer than {MAX_CHARACTERS} characters.")


def limit_nodes(statements: Iterable[ast.stmt]) -> None:
    """Refuse parsed code of too many parts.

    Raises:
        TooMuchCodeError: its trees have more than `MAX_NODES` nodes.
    """
    nodes = chain.from_iterable(map(ast.walk, statements))
    if any(count > MAX_NODES for count, _ in enumerate(nodes, start=1)):
        raise TooMuchCodeError(f"The code has more than {MAX_NODES} parts.")

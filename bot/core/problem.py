"""What is wrong in a file that somebody wrote, and what would be right."""

from typing import NamedTuple


class Problem(NamedTuple):
    """One thing wrong in one place.

    `line` and `column` count from 1; 0 means the file as a whole.
    """

    path: str
    line: int
    column: int
    what: str
    remedy: str

    @property
    def place(self) -> str:
        """Return `path`, `path:line` or `path:line:column`, as editors understand it."""
        parts = [self.path, *(str(number) for number in (self.line, self.column) if number)]
        return ":".join(parts)

    def __str__(self) -> str:
        return f"{self.place}: {self.what}. {self.remedy}"

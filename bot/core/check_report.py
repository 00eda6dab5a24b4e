"""What is said about a commit on the lines of its diff."""

from dataclasses import dataclass
from enum import StrEnum

from bot.core.canonical import digest


class Level(StrEnum):
    """How loud an annotation is, in GitHub's words."""

    NOTICE = "notice"
    WARNING = "warning"
    FAILURE = "failure"


@dataclass(frozen=True, slots=True)
class Annotation:
    """One note on one line, as plain text.

    Attributes:
        path: the file, as a path in the repository.
        line: from 1, in the head's file.
    """

    path: str
    line: int
    level: Level
    title: str
    message: str


@dataclass(frozen=True, slots=True)
class CheckReport:
    """A check run of a head; it informs and decides nothing (D16).

    Attributes:
        title: the answer in a few words.
        summary: Markdown, within GitHub's 65,535 characters.
        annotations: the loudest first; `more` were left out.
    """

    title: str
    summary: str
    annotations: tuple[Annotation, ...]
    more: int = 0

    @property
    def digest(self) -> str:
        """Return what tells two reports apart."""
        return digest(self)

"""Content that cannot be read as what its file claims to hold."""

from bot.core.change import Kind


class UnreadableError(Exception):
    """The file cannot be analysed; what it means is unknown.

    Attributes:
        line: from 1; 0 means the file as a whole.
        kind: what is said of the file: that it is unreadable, or how it misleads its reader.
    """

    def __init__(self, what: str, line: int = 0, kind: Kind = Kind.UNREADABLE) -> None:
        super().__init__(what)
        self.what = what
        self.line = line
        self.kind = kind

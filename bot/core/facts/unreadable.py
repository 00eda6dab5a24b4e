"""Content that cannot be read as what its file claims to hold."""


class UnreadableError(Exception):
    """The file cannot be analysed; what it means is unknown.

    Attributes:
        line: from 1; 0 means the file as a whole.
    """

    def __init__(self, what: str, line: int = 0) -> None:
        super().__init__(what)
        self.what = what
        self.line = line

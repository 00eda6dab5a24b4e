"""An issue that the bot keeps: the only one of its kind, open while there is something to tell."""

from typing import NamedTuple


class KeptIssue(NamedTuple):
    """What the issue shall be.

    Attributes:
        marker: the hidden first line of `body`, by which it is found again.
        wanted: whether it shall be open; if not, none is made.
    """

    marker: str
    title: str
    body: str
    wanted: bool

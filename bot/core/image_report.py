"""What the candidate job hands to the job that may write comments: how images were built."""

import msgspec

MOST = 30  # reports of one run; one environment variable has to hold them
LOG_CHARACTERS = 2_500
LOG_LINES = 30


class ImageReport(msgspec.Struct, frozen=True, omit_defaults=True):
    """How the image of one pull request's candidate was built.

    Attributes:
        label: `name:version` of the candidate.
        built: the job ended well.
        attempt: which attempt it was, from 1.
        last: no further attempt is made at this content.
        log: the last lines of the failed job; untrusted text.
    """

    pull: int
    label: str
    job: str
    built: bool
    attempt: int = 1
    last: bool = False
    log: str = ""


def last_lines(log: str) -> str:
    """Return the end of a log, as much as a comment shows of it."""
    lines = log.replace("\r\n", "\n").replace("\r", "\n").rstrip().split("\n")
    return "\n".join(lines[-LOG_LINES:])[-LOG_CHARACTERS:]


def to_text(reports: tuple[ImageReport, ...]) -> str:
    """Return the reports as one line, to be passed from job to job."""
    return msgspec.json.encode(reports[:MOST]).decode()


def from_text(text: str) -> tuple[ImageReport, ...]:
    """Return the reports in a line; none for a line that holds none."""
    try:
        return msgspec.json.decode(text, type=tuple[ImageReport, ...]) if text else ()
    except (msgspec.DecodeError, msgspec.ValidationError):
        return ()

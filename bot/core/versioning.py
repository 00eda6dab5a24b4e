"""The numbers of environment versions: what they promise, and which one comes next.

MAJOR means that models must be retrained, MINOR adds, PATCH repairs (environment strategy,
"Semantic Versioning for Environments").
"""

import re
from collections.abc import Collection
from enum import IntEnum
from typing import NamedTuple

# The grammar of semver.org. Its library brings a command line of its own into every start; what is
# needed of it is three numbers.
_VERSION = re.compile(
    r"(?P<release>(?:(?:0|[1-9][0-9]{0,8})\.){2}(?:0|[1-9][0-9]{0,8}))"
    r"(?P<suffix>(?:-[0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*)?(?:\+[0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*)?)"
)


class Version(NamedTuple):
    """A released version; ordered as its three numbers are."""

    major: int
    minor: int
    patch: int

    def __str__(self) -> str:
        return f"{self.major}.{self.minor}.{self.patch}"


class Level(IntEnum):
    """How much a version number rises; ordered, so that the largest of several wins."""

    NONE = 0
    PATCH = 1
    MINOR = 2
    MAJOR = 3

    @property
    def label(self) -> str:
        """Return the word used in JSON and comments: `none`, `patch`, `minor` or `major`."""
        return self.name.lower()


def parse_version(text: str) -> Version:
    """Return the released version that `text` spells: MAJOR.MINOR.PATCH and nothing else.

    Raises:
        ValueError: with one sentence that says what would be right.
    """
    found = _VERSION.fullmatch(text)
    if found is None:
        raise ValueError(f"`{text}` is not a version; write MAJOR.MINOR.PATCH, such as 1.5.1")
    if found["suffix"]:
        raise ValueError(
            f"`{text}` has a suffix, which only candidates get; write {found['release']}"
        )
    return Version(*map(int, found["release"].split(".")))


def required_version(current: str, level: Level) -> str:
    """Return the smallest version above `current` that a change of this level may have.

    Raises:
        ValueError: `current` is not a version.
    """
    version = parse_version(current)
    if level is Level.MAJOR:
        return str(Version(version.major + 1, 0, 0))
    if level is Level.MINOR:
        return str(Version(version.major, version.minor + 1, 0))
    if level is Level.PATCH:
        return str(Version(version.major, version.minor, version.patch + 1))
    return str(version)


def free_version(current: str, level: Level, used: Collection[str]) -> str:
    """Return the smallest version that a change of this level may have and that is not `used`.

    Raises:
        ValueError: `current` is not a version.
    """
    wanted = required_version(current, level)
    while wanted in used:
        wanted = required_version(wanted, Level.PATCH)
    return wanted


def level_between(before: str, after: str) -> Level | None:
    """Return the level by which `after` is above `before`; None when it is below.

    Raises:
        ValueError: one of them is not a version.
    """
    old, new = parse_version(before), parse_version(after)
    if new < old:
        return None
    if new.major != old.major:
        return Level.MAJOR
    if new.minor != old.minor:
        return Level.MINOR
    return Level.PATCH if new != old else Level.NONE


def same_major(one: str, other: str) -> bool:
    """Tell whether two versions promise to serve the same trained models.

    Raises:
        ValueError: one of them is not a version.
    """
    return parse_version(one).major == parse_version(other).major

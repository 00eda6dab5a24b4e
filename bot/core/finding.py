"""What classification says: findings, and the verdict they add up to."""

from enum import IntEnum
from typing import NamedTuple


class Impact(IntEnum):
    """What a change means for models in production; ordered, so that the largest wins.

    NONE leaves the content as it is (D7). PATCH and MINOR are non-breaking.
    """

    NONE = 0
    PATCH = 1
    MINOR = 2
    BREAKING = 3


class Finding(NamedTuple):
    """One judged change.

    Attributes:
        rule: the rule's id, a heading of `docs/rules.md`.
        path: the file, as a path in the repository.
        line: from 1, in the head's file; of a removal, where it stood in the base's.
        message: what changed and how it was judged, on one line; it quotes the pull request.
        blocks: whether the change may not pass, whatever its impact.
        warns: whether it is about the environment as it stands instead of a change of it.
    """

    rule: str
    impact: Impact
    path: str
    line: int
    message: str
    blocks: bool = False
    warns: bool = False


class Verdict(NamedTuple):
    """What all changes of a pull request mean together.

    Attributes:
        verdict: `breaking`, `non-breaking`, or `none` when nothing changed in meaning.
        required_bump: `major`, `minor`, `patch` or `none`.
        requires_retrain: whether models must be trained anew before they run on it.
        findings: one for each change and for each warning about the head, sorted by place.
        circuits: what else circuits are trained with, which says nothing of the environment.
    """

    verdict: str
    required_bump: str
    requires_retrain: bool
    findings: tuple[Finding, ...]
    circuits: tuple[Finding, ...] = ()

    @property
    def blocking(self) -> tuple[Finding, ...]:
        """Return the findings that may not pass, whatever the verdict."""
        return tuple(finding for finding in self.findings if finding.blocks)

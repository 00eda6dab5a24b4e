"""A class that somebody gave a change in place of the one that was found."""

from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from bot.core.finding import Impact, Verdict
from bot.core.versioning import Level


class EnvironmentChange(NamedTuple):
    """What an override is about: the `env_digest` before and after, empty where unreadable."""

    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Override:
    """One `/override class …` as it was written.

    Attributes:
        comment: the id of the comment; ids rise with time.
        by: who wrote it.
        breaking: whether it says breaking, which tightens; the other class loosens.
        reason: untrusted text.
    """

    comment: int
    by: str
    at: datetime
    breaking: bool
    reason: str

    @property
    def word(self) -> str:
        """Return the class as the command spells it."""
        return "breaking" if self.breaking else "non-breaking"


def overridden(found: Verdict, override: Override | None) -> Verdict:
    """Return the verdict that counts; its findings stay, so that what blocks goes on blocking.

    What is of that class already is returned as it was found.

    Breaking asks for a major version and for retraining (environment strategy, "Classification
    Matrix"). Non-breaking asks for what the findings that are not breaking ask for, a patch at
    least.
    """
    if override is None or override.breaking == (found.verdict == "breaking"):
        return found
    if override.breaking:
        return found._replace(
            verdict="breaking", required_bump=Level.MAJOR.label, requires_retrain=True
        )
    adds = any(finding.impact is Impact.MINOR for finding in found.findings)
    level = Level.MINOR if adds else Level.PATCH
    return found._replace(verdict="non-breaking", required_bump=level.label, requires_retrain=False)

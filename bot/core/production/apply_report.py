"""What an apply did, deployment by deployment."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from bot.core.config.circuit import CircuitId
from bot.core.production.journal import Journal
from bot.core.production.plan import Action, ActionKind, Plan

# Why an apply starts nothing more once main is another commit than the one it applies.
MOVED_ON = "main has moved on; the run of the newer commit goes on"
_REFUSED = (ActionKind.UNAPPROVED, ActionKind.REFUSED)


class OutcomeKind(StrEnum):
    """How one planned update ended."""

    DONE = "done"
    SKIPPED = "skipped"  # refused at the last moment: somebody else had changed it
    FAILED = "failed"
    NOT_STARTED = "not started"  # the failure budget was spent before


@dataclass(frozen=True, slots=True)
class Outcome:
    """One planned update and how it ended.

    Attributes:
        why: empty for the ones done.
        wave: the wave it was in, such as `wave 1 of 3`; empty where there was only one.
    """

    action: Action
    kind: OutcomeKind
    why: str = ""
    wave: str = ""


@dataclass(frozen=True, slots=True)
class ApplyReport:
    """The result of one apply.

    Attributes:
        main: the commit of main that was made true.
        plan: what was planned; its own counts say what needed nothing.
        outcomes: one per planned update, in the plan's order.
        pulls: the numbers of the pull requests behind the updates, and behind what is held back.
        rolled_back: the updates that return to an earlier release, with the reason.
        journal: what production was before; None when nothing had to be written.
        newer: main's head, where it moved on while this apply was writing; empty where it did not.
    """

    main: str
    plan: Plan
    outcomes: tuple[Outcome, ...]
    pulls: tuple[int, ...]
    rolled_back: Mapping[CircuitId, str]
    journal: Journal | None = None
    newer: str = ""

    @property
    def counts(self) -> dict[OutcomeKind, int]:
        """Return the number of outcomes of every kind, zeros included."""
        found = Counter(outcome.kind for outcome in self.outcomes)
        return {kind: found[kind] for kind in OutcomeKind}

    @property
    def converged(self) -> bool:
        """Tell whether production now is what main asks for, as far as it may be written."""
        done = all(outcome.kind is OutcomeKind.DONE for outcome in self.outcomes)
        return done and not self.plan.errors and not self.plan.busy

    @property
    def passes(self) -> bool:
        """Tell whether it converged and main asks for nothing that envbot refuses to write.

        What a push past every pull request asks for is told nobody but by the failed run. Drift
        does not count: it has an issue of its own.
        """
        return self.converged and not self.plan.of_kind(*_REFUSED)

    @property
    def overtaken(self) -> bool:
        """Tell whether something was not started because main had moved on."""
        left = self.of_kind(OutcomeKind.NOT_STARTED)
        return bool(self.newer) and any(outcome.why == MOVED_ON for outcome in left)

    def of_kind(self, *kinds: OutcomeKind) -> tuple[Outcome, ...]:
        """Return the outcomes of these kinds, in the plan's order."""
        return tuple(outcome for outcome in self.outcomes if outcome.kind in kinds)

"""When a job and its steps start and end: scripted, by wall time, so a restart changes nothing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

QUEUE_SECONDS = "job_queue_seconds"
RUN_SECONDS = "job_seconds"
FAILING = "failing_models"
FAILURE_LOG = "failure_log"
MISSING = "missing_models"
CRASHING = "crashing_models"
LOST = "lost_models"
FAILING_BASELINES = "failing_baselines"
DIFFERING = "differing_models"
MODULES = "program_modules"
FAILING_IMAGES = "failing_images"
FAILING_IMPORTS = "failing_imports"
FAILING_NOTEBOOKS = "failing_notebooks"

# Models are named "name" or "name:version"; see compute.py for what each list does, and what a
# failing one logs. Images are patterns of "name:version" of environments, imports are modules that
# a command names, notebooks are patterns of versions of environments in which their first cell
# raises.
# `program_modules` has for a version of an environment the folder that its modules lie in: steps in
# such an environment are really run.
SCRIPT: Mapping[str, Any] = {
    QUEUE_SECONDS: 0.1,
    RUN_SECONDS: 1.5,
    FAILING: [],
    FAILURE_LOG: "",
    MISSING: [],
    CRASHING: [],
    LOST: [],
    FAILING_BASELINES: [],
    DIFFERING: [],
    MODULES: {},
    FAILING_IMAGES: [],
    FAILING_IMPORTS: [],
    FAILING_NOTEBOOKS: [],
}

NOT_STARTED, RUNNING, COMPLETED, FAILED = "NotStarted", "Running", "Completed", "Failed"
CANCELED = "Canceled"
TERMINAL = frozenset({COMPLETED, FAILED, CANCELED})


@dataclass(frozen=True, slots=True)
class Span:
    """When something runs, in seconds since 1970, and how it ends."""

    starts: float
    ends: float
    outcome: str = COMPLETED

    def status(self, now: float, canceled_at: float | None = None) -> str:
        """Return the status at `now`; what had not ended when it was canceled is canceled."""
        if canceled_at is not None and canceled_at < self.ends:
            return CANCELED
        if now < self.starts:
            return NOT_STARTED
        return RUNNING if now < self.ends else self.outcome


def step_spans(begins: float, seconds: float, outcomes: Sequence[str]) -> list[Span]:
    """Return one span per step: they start together and end one after the other."""
    share = seconds / max(1, len(outcomes))
    return [
        Span(begins, begins + share * (number + 1), outcome)
        for number, outcome in enumerate(outcomes)
    ]


def whole_span(submitted: float, begins: float, steps: Sequence[Span]) -> Span:
    """Return the pipeline's own span: it fails when any step fails, after all have ended."""
    ends = max((step.ends for step in steps), default=submitted)
    failed = any(step.outcome == FAILED for step in steps)
    return Span(begins, ends, FAILED if failed else COMPLETED)

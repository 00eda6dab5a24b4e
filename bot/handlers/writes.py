"""The production writes of one plan: bounded workers, a failure budget, one outcome each."""

from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor, as_completed
from threading import Lock

from bot.core.apply_report import Outcome, OutcomeKind
from bot.core.deployment import tags_after
from bot.core.plan import Action
from bot.errors import BotError, UserError
from bot.handlers.ports import Cloud, Reporter


class FailureBudget:
    """Counts failures across workers; once it is spent nothing new is started."""

    def __init__(self, allowed: int) -> None:
        self._allowed = allowed
        self._failures = 0
        self._lock = Lock()

    def record_failure(self) -> None:
        """Count one failure."""
        with self._lock:
            self._failures += 1

    @property
    def spent(self) -> bool:
        """Tell whether more failed than was allowed."""
        with self._lock:
            return self._failures > self._allowed


def write_all(  # noqa: PLR0913 - what to write, how carefully, and whom to tell
    cloud: Cloud,
    actions: tuple[Action, ...],
    our_tags: Callable[[Action], Mapping[str, str]],
    *,
    workers: int,
    budget: FailureBudget,
    reporter: Reporter,
) -> tuple[Outcome, ...]:
    """Write every action of `actions`, at most `workers` at a time; return them in the same order.

    One failure never hides another: each action ends as done, skipped, failed or not started.
    """
    outcomes: dict[int, Outcome] = {}

    def write(action: Action) -> Outcome:
        return _write(cloud, action, our_tags(action), budget)

    with ThreadPoolExecutor(max_workers=workers) as pool:
        running = {pool.submit(write, action): place for place, action in enumerate(actions)}
        for done, future in enumerate(as_completed(running), 1):
            outcomes[running[future]] = future.result()
            reporter.progress(done, len(actions), "deployments")
    return tuple(outcomes[place] for place in range(len(actions)))


def _write(
    cloud: Cloud, action: Action, our_tags: Mapping[str, str], budget: FailureBudget
) -> Outcome:
    if budget.spent:
        return Outcome(action, OutcomeKind.NOT_STARTED, "too many others had failed")
    if action.live is None or action.environment_id is None:
        return Outcome(action, OutcomeKind.SKIPPED, "there is nothing live to write to")
    try:
        cloud.update_deployment(
            "production",
            action.live,
            environment_id=action.environment_id,
            model_id=action.model_id,
            tags=tags_after(action.live.tags, our_tags),
        )
    except UserError as refused:
        return Outcome(action, OutcomeKind.SKIPPED, refused.refusal.headline)
    except BotError as failed:
        budget.record_failure()
        return Outcome(action, OutcomeKind.FAILED, failed.what)
    return Outcome(action, OutcomeKind.DONE)

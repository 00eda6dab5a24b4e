"""The production writes of one plan: bounded workers, a failure budget, one outcome each."""

from collections.abc import Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor, as_completed
from contextlib import suppress
from threading import Lock

from bot.core.production.apply_report import Outcome, OutcomeKind
from bot.core.production.deployment import tags_after
from bot.core.production.plan import Action
from bot.errors import BotError, UserError
from bot.handlers.ports import Cloud, Reporter


class FailureBudget:
    """Counts failures across workers; once it is spent nothing new is started."""

    def __init__(self, stopping: int) -> None:
        self._stopping = stopping
        self._failures = 0
        self._lock = Lock()

    def record_failure(self) -> None:
        """Count one failure."""
        with self._lock:
            self._failures += 1

    def exhaust(self) -> None:
        """Let nothing new be started."""
        with self._lock:
            self._failures = max(self._failures, self._stopping)

    @property
    def spent(self) -> bool:
        """Tell whether as many failed as stop the rest."""
        with self._lock:
            return self._failures >= self._stopping


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

    One failure never hides another: each action ends as done, skipped, failed or not started. What
    nobody expected is raised, and nothing new is started after it.
    """

    def write(action: Action) -> Outcome:
        try:
            return _write(cloud, action, our_tags(action), budget)
        except BaseException:
            budget.exhaust()
            raise

    with ThreadPoolExecutor(max_workers=workers) as pool:
        running = [pool.submit(write, action) for action in actions]
        try:
            _watch(running, reporter)
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise
    return tuple(future.result() for future in running)


def _watch(running: list[Future[Outcome]], reporter: Reporter) -> None:
    for done, future in enumerate(as_completed(running), 1):
        future.result()
        with suppress(BotError):  # a comment that cannot be edited must not stop the writes
            reporter.progress(done, len(running), "deployments")


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

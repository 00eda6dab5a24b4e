"""The production writes of one plan: bounded workers, a failure budget, one outcome each."""

from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, replace
from queue import Empty, SimpleQueue
from threading import Lock
from typing import Protocol

from bot.core.production.action import Action, new_deployment
from bot.core.production.apply_report import Outcome, OutcomeKind
from bot.core.production.deployment import tags_after
from bot.core.production.waves import Wave, wave_line, why_stop
from bot.errors import BotError, UserError
from bot.handlers.ports import Cloud, Reporter

# How often a lease is asked whether it should be renewed, which costs nothing while it is young.
_BEAT_SECONDS = 5.0


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


class Held(Protocol):
    """What must go on to be so while writes are made: the lease, and what its holder adds."""

    @property
    def objection(self) -> str:
        """Return why no further write may begin; empty while it may."""

    def beat(self) -> None:
        """Renew the lease, and look again at what may have changed, when it is time to."""

    def begin_wave(self) -> None:
        """Look again now: another wave is about to begin."""


@dataclass(frozen=True, slots=True)
class Writing:
    """What one apply writes with.

    Attributes:
        cloud: with an identity that may write to `stage`.
        stage: where the deployments are.
        our_tags: which of our tags a deployment shall have.
        workers: deployments written at the same time.
        budget: the failures after which nothing new is begun.
        held: the lease of the stage.
        reporter: told how far it is.
    """

    cloud: Cloud
    stage: str
    our_tags: Callable[[Action], Mapping[str, str]]
    workers: int
    budget: FailureBudget
    held: Held
    reporter: Reporter


def write_all(writing: Writing, waves: Iterable[Wave]) -> tuple[Outcome, ...]:
    """Write the waves one after the other; return an outcome for each action, wave by wave.

    A wave begins when the one before it went well and nothing objects to further writes; of the
    others nothing is started. One failure never hides another: each action ends as done, skipped,
    failed or not started. What nobody expected is raised, and nothing new is started after it.
    """
    found: list[Outcome] = []
    stop = ""
    for wave in waves:
        if found:
            writing.held.begin_wave()
        stop = writing.held.objection or stop
        if stop:
            ended = tuple(Outcome(one, OutcomeKind.NOT_STARTED, stop) for one in wave.actions)
        else:
            ended = _write_wave(writing, wave)
            stop = why_stop(wave, ended)
        found += [replace(outcome, wave=wave.label) for outcome in ended]
    return tuple(found)


def _write_wave(writing: Writing, wave: Wave) -> tuple[Outcome, ...]:
    with ThreadPoolExecutor(max_workers=writing.workers) as pool:
        running = [pool.submit(_write_or_end, writing, action) for action in wave.actions]
        try:
            _watch(writing, wave, running)
        except BaseException:
            writing.budget.exhaust()
            pool.shutdown(wait=False, cancel_futures=True)
            raise
    outcomes = tuple(future.result() for future in running)
    if wave.label:
        _tell(writing.reporter, wave, outcomes)
    return outcomes


def _watch(writing: Writing, wave: Wave, running: list[Future[Outcome]]) -> None:
    what = f"deployments of {wave.label}" if wave.label else "deployments"
    # `concurrent.futures.wait` looks at all that still runs, each time one has ended.
    ended: SimpleQueue[Future[Outcome]] = SimpleQueue()
    for future in running:
        future.add_done_callback(ended.put)
    done = 0
    while done < len(running):
        one = _next(ended)
        writing.held.beat()
        if one is not None:
            one.result()
            done += 1
            with suppress(BotError):  # a comment that cannot be edited must not stop the writes
                writing.reporter.progress(done, len(running), what)


def _next(ended: SimpleQueue[Future[Outcome]]) -> Future[Outcome] | None:
    """Return what has ended; None where nothing has for so long that the lease must be seen to."""
    try:
        return ended.get(timeout=_BEAT_SECONDS)
    except Empty:
        return None


def _tell(reporter: Reporter, wave: Wave, outcomes: tuple[Outcome, ...]) -> None:
    with suppress(BotError):
        reporter.step(wave_line(wave.label, [outcome.kind for outcome in outcomes]))


def _write_or_end(writing: Writing, action: Action) -> Outcome:
    try:
        return _write(writing, action)
    except BaseException:
        writing.budget.exhaust()
        raise


def _write(writing: Writing, action: Action) -> Outcome:
    if writing.budget.spent:
        return Outcome(action, OutcomeKind.NOT_STARTED, "too many others had failed")
    if objection := writing.held.objection:
        return Outcome(action, OutcomeKind.NOT_STARTED, objection)
    try:
        _put(writing, action)
    except UserError as refused:
        return Outcome(action, OutcomeKind.SKIPPED, refused.refusal.headline)
    except BotError as failed:
        writing.budget.record_failure()
        return Outcome(action, OutcomeKind.FAILED, failed.what)
    return Outcome(action, OutcomeKind.DONE)


def _put(writing: Writing, action: Action) -> None:
    """Write one action: over what the plan saw, or where it saw nothing."""
    tags = tags_after(action.live.tags if action.live else {}, writing.our_tags(action))
    if action.live is None:
        writing.cloud.create_deployment(writing.stage, new_deployment(action, tags))
    elif action.environment_id:
        writing.cloud.update_deployment(
            writing.stage,
            action.live,
            environment_id=action.environment_id,
            model_id=action.model_id,
            tags=tags,
        )

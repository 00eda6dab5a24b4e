"""One test of all models in one environment: what came back, and what it means."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from operator import attrgetter
from typing import Literal

from bot.core.model_test_request import ModelRef, ModelTestRequest

JobStatus = Literal["running", "completed", "failed", "canceled"]


@dataclass(frozen=True, slots=True)
class JobState:
    """Where a job is; times are aware, None when Azure does not say.

    Attributes:
        name: the job that was submitted last.
        done: how many of its `total` steps have ended.
        retries: how often steps that Azure lost were submitted again before it.
    """

    name: str
    status: JobStatus
    started_at: datetime | None
    ended_at: datetime | None
    done: int
    total: int
    retries: int = 0

    @property
    def has_ended(self) -> bool:
        """Tell whether nothing more will happen."""
        return self.status != "running"


@dataclass(frozen=True, slots=True, order=True)
class ModelResult:
    """What the test program said about one model; `log_tail` is untrusted text."""

    model: str
    version: str
    passed: bool
    why: str
    log_tail: str = ""

    @property
    def ref(self) -> ModelRef:
        """Return which model it is about."""
        return ModelRef(self.model, self.version)


@dataclass(frozen=True, slots=True)
class ModelTestVerdict:
    """Whether the environment may be released.

    Attributes:
        passed: every model, the ones of the request and the ones live at the end, passed.
        failures: sorted by model; a model without a result is one of them.
        tested: how many models have a result.
        total: how many should.
        why: one sentence when `passed` is False, else empty.
    """

    passed: bool
    failures: tuple[ModelResult, ...]
    tested: int
    total: int
    why: str


def verdict(
    request: ModelTestRequest,
    state: JobState | None,
    results: Sequence[ModelResult],
    relisted: Iterable[tuple[str, str]],
) -> ModelTestVerdict:
    """Judge a test: it passed only when every single model has a result and that result passed.

    Args:
        request: what was asked.
        state: the job as it is now; None when there is no such job.
        results: what the steps wrote; results of models nobody asked for are ignored.
        relisted: the models in production now, listed again after the job.
    """
    wanted = sorted({*request.refs, *(ModelRef(*model) for model in relisted)})
    by_model: Mapping[ModelRef, list[ModelResult]] = _grouped(results)
    asked = frozenset(request.refs)
    judged = [_judge(by_model.get(model, [])) or _untested(model, asked) for model in wanted]
    failures = tuple(result for result in judged if not result.passed)
    tested = sum(1 for model in wanted if model in by_model)
    why = _why(state, len(failures), len(wanted))
    return ModelTestVerdict(not why, failures, tested, len(wanted), why)


def _grouped(results: Iterable[ModelResult]) -> dict[ModelRef, list[ModelResult]]:
    grouped = defaultdict(list)
    for result in results:
        grouped[result.ref].append(result)
    return grouped


def _judge(results: Sequence[ModelResult]) -> ModelResult | None:
    """Return the result that counts for one model: a failure, if there is one."""
    return min(results, key=attrgetter("passed"), default=None)


def _untested(model: ModelRef, asked: Collection[ModelRef]) -> ModelResult:
    why = "no result" if model in asked else "deployed after the test began, not tested"
    return ModelResult(model.name, model.version, passed=False, why=why)


def _why(state: JobState | None, failures: int, total: int) -> str:
    if state is None:
        return "there is no test job"
    if not state.has_ended:
        return f"the test job is running, {state.done} of {state.total} steps have ended"
    if not total:
        return "there is no model to test"
    if failures:
        return f"{failures} of {total} models did not pass"
    if state.status != "completed":
        return f"the test job ended as {state.status}"
    return ""

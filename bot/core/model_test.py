"""One test of all models in one environment: what is asked, what came back, what it means."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from operator import attrgetter
from typing import Literal, NamedTuple

from bot.core.canonical import digest
from bot.core.config.platform import TestSettings

JobStatus = Literal["running", "completed", "failed", "canceled"]


class ModelRef(NamedTuple):
    """One version of one registered model."""

    name: str
    version: str

    @property
    def label(self) -> str:
        """Return `name:version`."""
        return f"{self.name}:{self.version}"


@dataclass(frozen=True, slots=True)
class ModelTestRequest:
    """One pipeline job that scores every model on sample data.

    Attributes:
        job_name: a function of what is tested, so that a repeat finds the earlier job.
        environment_id: written into every step: Azure ML does not resolve an environment that is
            given as a pipeline input.
        models: sorted, without repeats.
        models_per_step: how many models share one step and its start-up.
        compute: name of the cluster in the test workspace.
        sample_data: an asset id or path of the data to score; empty lets the program make some.
        tolerance: largest difference of predictions that still passes.
        attempt: which try at the same test this is, from 1.
    """

    job_name: str
    environment_id: str
    models: tuple[ModelRef, ...]
    models_per_step: int
    compute: str
    sample_data: str
    tolerance: float
    attempt: int = 1

    @property
    def steps(self) -> tuple[tuple[ModelRef, ...], ...]:
        """Return the models of each step, in order; the last step may be shorter."""
        starts = range(0, len(self.models), self.models_per_step)
        return tuple(self.models[start : start + self.models_per_step] for start in starts)


@dataclass(frozen=True, slots=True)
class JobState:
    """Where a job is; times are aware, None when Azure does not say."""

    name: str
    status: JobStatus
    started_at: datetime | None
    ended_at: datetime | None
    done: int
    total: int

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


def make_request(
    environment_id: str,
    env_digest: str,
    models: Iterable[tuple[str, str]],
    settings: TestSettings,
    *,
    attempt: int = 1,
) -> ModelTestRequest:
    """Return the test of `models` in one environment, named after all that decides its outcome.

    A second `attempt` at the same test gets another name: Azure ML never runs a name twice.
    """
    refs = tuple(sorted({ModelRef(*model) for model in models}))
    content = digest([environment_id, refs, settings])[:12]
    again = f"-{attempt}" if attempt > 1 else ""
    return ModelTestRequest(
        job_name=f"compat-{env_digest[:8]}-{content}{again}",
        environment_id=environment_id,
        models=refs,
        models_per_step=settings.models_per_step,
        compute=settings.compute,
        sample_data=settings.sample_data,
        tolerance=settings.tolerance,
        attempt=attempt,
    )


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
    wanted = sorted({*request.models, *(ModelRef(*model) for model in relisted)})
    by_model: Mapping[ModelRef, list[ModelResult]] = _grouped(results)
    asked = frozenset(request.models)
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

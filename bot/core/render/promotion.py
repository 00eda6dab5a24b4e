"""The reply to `/promote registry`: progress while the tests run, then one result per model."""

from collections.abc import Sequence

from bot.core.model_test import JobState, ModelResult, ModelTestVerdict
from bot.core.model_test_request import INFRASTRUCTURE_RETRIES, ModelTestRequest
from bot.core.render.gates import gates_section
from bot.core.render.markdown import bullets, details, document, plural, table
from bot.core.render.summary import next_section
from bot.core.standing import Standing
from bot.core.untrusted import block, inline

_ROWS = 25
_LOGS = 3
_DIFFERENCES = 10


def testing_markdown(request: ModelTestRequest, state: JobState | None) -> str:
    """Return the reply while the tests run."""
    models = plural(len(request.models), "production model")
    done = f"{state.done:,} of {state.total:,} steps done" if state else "submitted"
    return (
        f"### ⏳ Testing {models} on the candidate\n\n"
        f"Pipeline job {inline(request.job_name)} in the test workspace: {done}.\n{_again(state)}"
    )


def untested_markdown(standing: Standing) -> str:
    """Return the finished reply where no production model can be tested on the candidate."""
    candidate = standing.review.candidate
    why = (
        "No production model was tested on it, because no production deployment changes at this "
        "merge; its image was built and tried out in dev."
    )
    return document(
        (
            f"### 🟢 `{candidate}` is in the registry",
            why,
            gates_section(standing),
            next_section(standing),
        )
    )


def _again(state: JobState | None) -> str:
    if state is None or not state.retries:
        return ""
    count = f"{state.retries} of {INFRASTRUCTURE_RETRIES}"
    return f"\nAzure lost some steps; they were submitted again ({count}).\n"


def promoted_markdown(
    standing: Standing,
    request: ModelTestRequest,
    judged: ModelTestVerdict,
    *,
    retries: int = 0,
    differences: Sequence[str] = (),
) -> str:
    """Return the finished reply: the verdict, the failures first, then the counts.

    Args:
        standing: after the test.
        request: what was tested.
        judged: what it came to.
        retries: how often steps that Azure lost were submitted again.
        differences: where production runs other models than the configs say.
    """
    return document(
        (
            f"### {_headline(standing, judged)}",
            _failures(judged),
            _counts(request, judged, retries),
            *_logs(judged.failures),
            _differences(differences),
            gates_section(standing),
            next_section(standing),
        )
    )


def _headline(standing: Standing, judged: ModelTestVerdict) -> str:
    candidate = standing.review.candidate
    if judged.passed:
        models = plural(judged.total, "production model")
        return f"🟢 `{candidate}` is in the registry, and all {models} passed on it"
    return f"🔴 `{candidate}` is in the registry, but {judged.why}"


def _failures(judged: ModelTestVerdict) -> str:
    if not judged.failures:
        return ""
    rows = [
        (f"🔴 {inline(result.ref.label)}", inline(result.why)) for result in judged.failures[:_ROWS]
    ]
    if len(judged.failures) > _ROWS:
        rows.append((f"… {len(judged.failures) - _ROWS:,} more", "see the job in Azure ML"))
    return table(("Model", "Why"), rows)


def _counts(request: ModelTestRequest, judged: ModelTestVerdict, retries: int) -> str:
    rows = [
        ("Production models", f"{judged.total:,}"),
        ("Passed", f"{judged.total - len(judged.failures):,}"),
        ("Failed or without a result", f"{len(judged.failures):,}"),
        ("Compared with production's predictions", _compared(request)),
        ("Pipeline job", f"{inline(request.job_name)}, {plural(_steps(request), 'step')}"),
    ]
    if retries:
        rows.append(("Steps that Azure lost", f"submitted again {plural(retries, 'time')}"))
    return table(("Result", ""), rows)


def _steps(request: ModelTestRequest) -> int:
    return len(request.steps) + len(request.baseline_steps)


def _compared(request: ModelTestRequest) -> str:
    settings = request.settings
    if settings.baseline == "none":
        return "no: `test.baseline` is `none`"
    within = f"within {settings.tolerance:g}"
    return within if settings.baseline == "required" else f"{within}, where those could be scored"


def _differences(differences: Sequence[str]) -> str:
    if not differences:
        return ""
    shown = [inline(text) for text in differences[:_DIFFERENCES]]
    if len(differences) > _DIFFERENCES:
        shown.append(f"… {len(differences) - _DIFFERENCES:,} more")
    head = "Tested is what production runs. The configs on main say otherwise:"
    return f"### ⚠️ Production and the configs differ\n\n{head}\n\n{bullets(shown)}"


def _logs(failures: tuple[ModelResult, ...]) -> list[str]:
    """Return the last lines of the first failures' logs, folded."""
    told = [result for result in failures if result.log_tail][:_LOGS]
    return [details(f"Last lines of {result.ref.name}", block(result.log_tail)) for result in told]

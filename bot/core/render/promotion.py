"""The reply to `/promote registry`: progress while the tests run, then one result per model."""

from bot.core.model_test import JobState, ModelResult, ModelTestVerdict
from bot.core.model_test_request import ModelTestRequest
from bot.core.render.gates import gates_section
from bot.core.render.markdown import details, document, plural, table
from bot.core.render.summary import next_section
from bot.core.standing import Standing
from bot.core.untrusted import block, inline

_ROWS = 25
_LOGS = 3


def testing_markdown(request: ModelTestRequest, state: JobState | None) -> str:
    """Return the reply while the tests run."""
    models = plural(len(request.models), "production model")
    done = f"{state.done:,} of {state.total:,} steps done" if state else "submitted"
    return (
        f"### ⏳ Testing {models} on the candidate\n\n"
        f"Pipeline job `{request.job_name}` in the test workspace: {done}.\n"
    )


def promoted_markdown(
    standing: Standing, request: ModelTestRequest, judged: ModelTestVerdict
) -> str:
    """Return the finished reply: the verdict, the failures first, then the counts."""
    return document(
        (
            f"### {_headline(standing, judged)}",
            _failures(judged),
            _counts(request, judged),
            *_logs(judged.failures),
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


def _counts(request: ModelTestRequest, judged: ModelTestVerdict) -> str:
    rows = [
        ("Production models", f"{judged.total:,}"),
        ("Passed", f"{judged.total - len(judged.failures):,}"),
        ("Failed or without a result", f"{len(judged.failures):,}"),
        ("Pipeline job", f"`{request.job_name}`, {plural(len(request.steps), 'step')}"),
    ]
    return table(("Result", ""), rows)


def _logs(failures: tuple[ModelResult, ...]) -> list[str]:
    """Return the last lines of the first failures' logs, folded."""
    told = [result for result in failures if result.log_tail][:_LOGS]
    return [details(f"Last lines of {result.ref.name}", block(result.log_tail)) for result in told]

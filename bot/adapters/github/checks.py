"""Check runs: notes on the lines of a diff, fifty a request."""

from typing import Any

from github.Repository import Repository

from bot.core.check_report import Annotation, CheckReport

_AT_ONCE = 50  # GitHub answers 422 to more


def publish_check(
    repository: Repository, commit: str, name: str, report: CheckReport, *, url: str
) -> None:
    """Make the newest check run `name` of `commit` say `report`; nothing is written if it does.

    A report that changed gets a new run, since annotations can be added to one but not removed.
    It always ends neutral: a check run informs.
    """
    newest = repository.get_commit(commit).get_check_runs(check_name=name, filter="latest")
    if any(run.external_id == report.digest for run in newest):
        return
    first, *others = _portions(report.annotations)
    options: dict[str, Any] = {"details_url": url} if url else {}
    run = repository.create_check_run(
        name,
        commit,
        external_id=report.digest,
        status="completed",
        conclusion="neutral",
        output=_output(report, first),
        **options,
    )
    for portion in others:
        run.edit(output=_output(report, portion))


def _portions(annotations: tuple[Annotation, ...]) -> list[tuple[Annotation, ...]]:
    starts = range(0, max(len(annotations), 1), _AT_ONCE)
    return [annotations[start : start + _AT_ONCE] for start in starts]


def _output(report: CheckReport, portion: tuple[Annotation, ...]) -> dict[str, Any]:
    return {
        "title": report.title,
        "summary": report.summary,
        "annotations": [
            {
                "path": one.path,
                "start_line": one.line,
                "end_line": one.line,
                "annotation_level": one.level.value,
                "title": one.title,
                "message": one.message,
            }
            for one in portion
        ],
    }

"""A review on the lines of the diff: what blocks, what breaks, what was recognised as harmless."""

from collections.abc import Iterator

from bot.core.check_report import Annotation, CheckReport, Level
from bot.core.finding import Finding, Impact
from bot.core.problem import Problem
from bot.core.render.findings import loud
from bot.core.render.markdown import plural
from bot.core.render.marker import linked
from bot.core.render.review import review_report
from bot.core.review import Review
from bot.core.untrusted import plain

_MOST = 200
_LOUDNESS = (Level.FAILURE, Level.WARNING, Level.NOTICE)


def check_report(review: Review, documents: str) -> CheckReport:
    """Return what the check run of the reviewed head says, with links below `documents`.

    At most 200 annotations, the loudest first; the rest are counted.
    """
    found = [*_of_problems(review), *_of_findings(review)]
    found.sort(key=lambda one: (_LOUDNESS.index(one.level), one.path, one.line))
    return CheckReport(
        title=_title(review),
        summary=linked(review_report(review, "markdown"), documents),
        annotations=tuple(found[:_MOST]),
        more=len(found) - len(found[:_MOST]),
    )


def _title(review: Review) -> str:
    verdict = review.verdict
    said = f"{verdict.verdict}: needs {verdict.required_bump}"
    count = len(review.disagreements) + len(review.problems)
    return f"{said}; {plural(count, 'problem')}" if count else said


def _of_problems(review: Review) -> Iterator[Annotation]:
    for problem in review.problems:
        yield Annotation(
            problem.path, max(problem.line, 1), Level.FAILURE, "envbot", _sentence(problem)
        )


def _sentence(problem: Problem) -> str:
    return plain(f"{problem.what}. {problem.remedy}", 400)


def _of_findings(review: Review) -> Iterator[Annotation]:
    judged = (one for one in review.verdict.findings if not one.blocks)
    for finding in loud((*review.disagreements, *review.omissions, *judged)):
        yield Annotation(
            finding.path, finding.line, _level(finding), finding.rule, plain(finding.message, 400)
        )


def _level(finding: Finding) -> Level:
    if finding.blocks:
        return Level.FAILURE
    return Level.WARNING if finding.impact is Impact.BREAKING else Level.NOTICE

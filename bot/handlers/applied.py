"""Applies main and tells the pull requests that explain it, while it runs and afterwards."""

import json

from bot.core.production.apply_report import ApplyReport
from bot.core.production.journal import previous_env_versions
from bot.core.render.apply import apply_markdown, applying_markdown, says_the_same
from bot.core.render.apply_json import apply_json
from bot.core.render.failure import failure_markdown
from bot.core.render.marker import APPLY, marked
from bot.core.render.refusal import refusal_markdown
from bot.errors import BotError, UserError
from bot.handlers.apply import WHAT_WAS_MERGED, ApplyRequest, apply
from bot.handlers.context import Context
from bot.handlers.ports import Cloud, Reporter


class ProgressComment:
    """Passes progress on, and shows it in the comment of the merged pull requests."""

    def __init__(self, context: Context, pulls: tuple[int, ...]) -> None:
        self._context = context
        self._pulls = pulls
        self._shown = context.clock.now()
        self._ended: list[str] = []

    def step(self, text: str) -> None:
        """Pass one step on; the next edit of the comments shows it."""
        self._ended.append(text)
        self._context.reporter.step(text)

    def progress(self, done: int, total: int, what: str) -> None:
        """Pass progress on; edit the comments when the last edit is long enough ago."""
        self._context.reporter.progress(done, total, what)
        now = self._context.clock.now()
        if (now - self._shown).total_seconds() >= self._context.patience.comment:
            self._shown = now
            url, ended = self._context.run_url, self._ended
            body = applying_markdown(done, total, url, what=what, ended=ended)
            tell(self._context, self._pulls, body)


class Telling:
    """Tells the merged pull requests that explain an apply, while it runs and afterwards."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._pulls: tuple[int, ...] = ()

    def begin(self, pulls: tuple[int, ...]) -> Reporter:
        """Tell these pull requests that it begins; return where to report its progress to."""
        self._pulls = pulls
        tell(self._context, pulls, applying_markdown(0, 0, self._context.run_url))
        return ProgressComment(self._context, pulls)

    def end(self, report: ApplyReport) -> None:
        """Tell how it ended, and keep what a rollback by hand would need."""
        context, self._pulls = self._context, ()
        context.keep("apply.json", apply_json(report))
        if report.journal:
            exported = json.dumps(previous_env_versions(report.journal), indent=2)
            context.keep("previous_env_versions.json", exported.encode() + b"\n")
        body = apply_markdown(report, context.run_url)
        pulls = report.pulls if report.outcomes else _unaware(context, report.pulls, body)
        tell(context, pulls, body)

    def fail(self, body: str) -> None:
        """Tell whoever was told the beginning, and not yet the end, that there is none."""
        tell(self._context, self._pulls, body)


def apply_and_tell(
    context: Context, cloud: Cloud, request: ApplyRequest = WHAT_WAS_MERGED
) -> ApplyReport:
    """Apply main, show the report where it belongs, and keep what a rollback by hand would need."""
    telling = Telling(context)
    try:
        return apply(context, cloud, telling, request)
    except UserError as refused:
        telling.fail(refusal_markdown(refused.refusal, verb="applied"))
        raise
    except BotError as failed:
        telling.fail(failure_markdown(failed, context.run_url))
        raise


def _unaware(context: Context, pulls: tuple[int, ...], body: str) -> tuple[int, ...]:
    """Return the pull requests that do not say already what a run that wrote nothing would say."""
    shown = marked(APPLY, body, context.documents)
    return tuple(number for number in pulls if not _says(context, number, shown))


def _says(context: Context, number: int, shown: str) -> bool:
    own = (one for one in context.hosting.comments(number) if one.by_bot)
    return any(one.body.startswith(APPLY) and says_the_same(one.body, shown) for one in own)


def tell(context: Context, pulls: tuple[int, ...], body: str) -> None:
    """Make the apply comment of each pull request read `body`."""
    shown = marked(APPLY, body, context.documents)
    for number in pulls:
        context.hosting.upsert_comment(number, APPLY, shown)

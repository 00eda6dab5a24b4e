"""The report of an apply, as the merged pull request shows it."""

import re
from collections.abc import Sequence

from bot.core.production.apply_report import ApplyReport, Outcome, OutcomeKind
from bot.core.production.plan import Action, ActionKind
from bot.core.production.waves import wave_line
from bot.core.render.markdown import bullets, code, details, document, plural, table
from bot.core.render.plan import UNMANAGED_NEXT, counts, plan_markdown
from bot.core.render.rollback import after_rollback
from bot.core.untrusted import inline, prose

_ROWS = 50
_FOOTER = "<sub>main "
_NUMBERED = re.compile(r"(#[0-9]+) (.+)", re.DOTALL)
# What main asks for and no apply may or can write.
_HELD = (ActionKind.REFUSED, ActionKind.UNAPPROVED, ActionKind.DRIFTED, ActionKind.MISSING)
_SIGN = {
    OutcomeKind.DONE: "🟢",
    OutcomeKind.SKIPPED: "🟡",
    OutcomeKind.FAILED: "🔴",
    OutcomeKind.NOT_STARTED: "⚪",
}


def apply_markdown(report: ApplyReport, run_url: str) -> str:
    """Return the finished report: the answer first, what did not work next, the plan folded."""
    return document(
        (
            f"## {_headline(report)}",
            _rollback(report),
            _totals(report),
            _waves(report),
            _troubles(report),
            _next(report),
            after_rollback(report),
            details(f"The plan: {counts(report.plan)}", plan_markdown(report.plan).rstrip("\n")),
            _footer(report, run_url),
        )
    )


def says_the_same(one: str, other: str) -> bool:
    """Tell whether two reports differ in nothing but the run, the main and the plan they name."""
    return one.rpartition(_FOOTER)[0] == other.rpartition(_FOOTER)[0]


def applying_markdown(
    done: int, total: int, run_url: str, *, what: str = "deployments", ended: Sequence[str] = ()
) -> str:
    """Return the same comment while the apply runs, with a line for each wave that has ended."""
    share = f"{done:,} of {total:,} {what}" if total else "taking the lease"
    link = f"[Run]({run_url})" if run_url else ""
    return document((f"## ⏳ Applying to production: {share}", bullets(ended), link))


def apply_text(report: ApplyReport) -> str:
    """Return the report for a log or a terminal."""
    troubles = [
        f"  ! {outcome.action.circuit}: {outcome.kind}: {outcome.why}"
        for outcome in _not_done(report)
    ]
    waves = [f"  {line}" for line in _wave_lines(report)]
    return "\n".join([*waves, *troubles, _totals(report).replace("**", "")]) + "\n"


def _headline(report: ApplyReport) -> str:
    done, total = report.counts[OutcomeKind.DONE], len(report.outcomes)
    if report.plan.errors:
        return "🔴 Nothing was applied: the plan has errors"
    if busy := len(report.plan.busy):
        return f"🟡 Applied in part: {plural(busy, 'deployment')} busy with another operation"
    if not total:
        return _without_writes(report)
    return _all_done(report, done) if done == total else _in_part(report, done, total)


def _in_part(report: ApplyReport, done: int, total: int) -> str:
    if report.overtaken:
        return f"🟡 Stopped, main has moved on: {done:,} of {plural(total, 'deployment')} written"
    if not done:
        return f"🔴 Nothing was applied: 0 of {plural(total, 'deployment')}"
    return f"🔴 Applied in part: {done:,} of {total:,} deployments"


def _without_writes(report: ApplyReport) -> str:
    if refused := len(_refused(report)):
        return f"🔴 Not applied: {plural(refused, 'circuit')} refused"
    if unapproved := len(_unapproved(report)):
        return f"🔴 Not applied: {plural(unapproved, 'circuit')} without an approval"
    if drifted := len(_drifted(report)):
        return f"🟡 Not applied: {plural(drifted, 'circuit')} changed outside of git"
    if missing := len(_missing(report)):
        return f"🟡 Nothing to write, but {plural(missing, 'circuit')} without a deployment"
    if unmanaged := len(report.plan.unmanaged):
        return f"🟡 Nothing to write, but {plural(unmanaged, 'circuit')} not managed"
    return "🟢 Production is what main asks for"


def _all_done(report: ApplyReport, done: int) -> str:
    left = (
        (len(_refused(report)), "refused"),
        (len(_unapproved(report)), "without an approval"),
        (len(_drifted(report)), "changed outside of git"),
        (len(_missing(report)), "without a deployment"),
        (len(report.plan.unmanaged), "not managed"),
    )
    rest = "".join(f"; {count:,} {what}" for count, what in left if count)
    sign, verb = "🟡" if rest else "🟢", "Rolled back" if report.rolled_back else "Applied"
    run = "now runs" if done == 1 else "now run"
    return f"{sign} {verb}: {plural(done, 'deployment')} {run} what main asks for{rest}"


def _rollback(report: ApplyReport) -> str:
    reasons = sorted(set(report.rolled_back.values()))
    return "\n".join(f"↩️ {_number_and_title(reason)}" for reason in reasons)


def _number_and_title(reason: str) -> str:
    """Return the link to a pull request, and its title, which is anybody's, as code."""
    found = _NUMBERED.match(reason)
    return f"{found[1]} {inline(found[2])}" if found else inline(reason)


def _totals(report: ApplyReport) -> str:
    found = report.counts
    applied = " · ".join(f"{found[kind]:,} {kind}" for kind in OutcomeKind if found[kind])
    held = report.plan.errors or report.plan.of_kind(*_HELD)
    nothing = "nothing written" if held else "nothing to do"
    return f"**{applied or nothing}** — {counts(report.plan)}"


def _waves(report: ApplyReport) -> str:
    return bullets(_wave_lines(report))


def _wave_lines(report: ApplyReport) -> list[str]:
    """Return one line for each wave, in their order; none where everything was one."""
    waves: dict[str, list[OutcomeKind]] = {}
    for outcome in sorted(report.outcomes, key=lambda one: one.wave):
        if outcome.wave:
            waves.setdefault(outcome.wave, []).append(outcome.kind)
    return [wave_line(label, kinds) for label, kinds in waves.items()]


def _not_done(report: ApplyReport) -> tuple[Outcome, ...]:
    return report.of_kind(OutcomeKind.FAILED, OutcomeKind.SKIPPED, OutcomeKind.NOT_STARTED)


def _refused(report: ApplyReport) -> tuple[Action, ...]:
    """Return what a write would break; what is only busy is told apart."""
    refused, busy = report.plan.of_kind(ActionKind.REFUSED), report.plan.busy
    return tuple(action for action in refused if action not in busy)


def _unapproved(report: ApplyReport) -> tuple[Action, ...]:
    return report.plan.of_kind(ActionKind.UNAPPROVED)


def _drifted(report: ApplyReport) -> tuple[Action, ...]:
    return report.plan.of_kind(ActionKind.DRIFTED)


def _missing(report: ApplyReport) -> tuple[Action, ...]:
    return report.plan.of_kind(ActionKind.MISSING)


def _troubles(report: ApplyReport) -> str:
    rows = [
        (
            f"{_SIGN[outcome.kind]} {code(str(outcome.action.circuit))}",
            outcome.kind.value,
            prose(outcome.why),
        )
        for outcome in _not_done(report)
    ]
    rows += [
        (f"🔴 {code(str(action.circuit))}", action.kind.value, prose(action.reason))
        for action in (*_refused(report), *_unapproved(report))
    ]
    rows += [
        (f"🟡 {code(str(action.circuit))}", action.kind.value, prose(action.reason))
        for action in (*_drifted(report), *_missing(report))
    ]
    rows += [
        (f"🟡 {code(str(one.circuit))}", "busy", prose(one.reason)) for one in report.plan.busy
    ]
    rows += [
        (f"🟡 {code(str(one.circuit))}", "not managed", prose(one.reason))
        for one in report.plan.unmanaged
    ]
    if not rows:
        return ""
    if len(rows) > _ROWS:
        more = (f"… {len(rows) - _ROWS:,} more", "", "see the JSON report of the run")
        rows = [*rows[:_ROWS], more]
    return table(("Circuit", "State", "Why"), rows)


def _next(report: ApplyReport) -> str:
    if report.overtaken:
        return (
            f"**Next:** nothing to do. The run of {code(report.newer[:7])}, which is main now, "
            "plans anew and tells here how it ended."
        )
    if _not_done(report) or report.plan.busy:
        return "**Next:** comment `/retry`; what is done stays done."
    if report.plan.errors:
        return "**Next:**\n" + bullets(prose(error.next) for error in report.plan.errors)
    return _next_of_held(report)


def _next_of_held(report: ApplyReport) -> str:
    """Return what to do about what was not to be written; empty where nothing is."""
    if _refused(report):
        return "**Next:** mend what the reason names, then comment `/retry`."
    if _drifted(report):
        return (
            "**Next:** for what was changed outside of git, see [drift](docs/operations.md#drift)."
        )
    if _missing(report):
        return (
            "**Next:** for what is missing in Azure: add what the reason names, by a pull request."
        )
    if report.plan.unmanaged:
        return f"**Next:** for what is not managed: {UNMANAGED_NEXT}."
    return ""


def _footer(report: ApplyReport, run_url: str) -> str:
    run = f" · [run]({run_url})" if run_url else ""
    return (
        f"{_FOOTER}{code(report.main[:7])} · plan {code(report.plan.short_fingerprint)}{run}</sub>"
    )

"""The report of an apply, as the merged pull request shows it."""

import json

from bot.core.production.apply_report import ApplyReport, Outcome, OutcomeKind
from bot.core.production.plan import Action, ActionKind
from bot.core.render.markdown import bullets, code, details, document, plural, table
from bot.core.render.plan import counts, plan_markdown

_ROWS = 50
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
            _troubles(report),
            _next(report),
            details(f"The plan: {counts(report.plan)}", plan_markdown(report.plan).rstrip("\n")),
            _footer(report, run_url),
        )
    )


def applying_markdown(done: int, total: int, run_url: str) -> str:
    """Return the same comment while the apply runs."""
    link = f"\n[Run]({run_url})\n" if run_url else ""
    share = f"{done:,} of {total:,} deployments" if total else "taking the lease"
    return f"## ⏳ Applying to production: {share}\n{link}"


def apply_json(report: ApplyReport) -> bytes:
    """Return the report for machines: every outcome, and every action that was not an update."""
    quiet = report.plan.of_kind(*(kind for kind in ActionKind if kind is not ActionKind.UPDATE))
    content = {
        "format": 1,
        "main": report.main,
        "plan": report.plan.fingerprint,
        "converged": report.converged,
        "counts": {kind.value: count for kind, count in report.plan.counts.items()},
        "outcomes": [_outcome(one) for one in report.outcomes],
        "others": [_other(action) for action in quiet],
    }
    return json.dumps(content, indent=2, sort_keys=True).encode() + b"\n"


def _outcome(outcome: Outcome) -> dict[str, str]:
    return {**_other(outcome.action), "outcome": outcome.kind.value, "why": outcome.why}


def _other(action: Action) -> dict[str, str]:
    return {
        "circuit": str(action.circuit or ""),
        "endpoint": action.endpoint,
        "deployment": action.deployment,
        "kind": action.kind.value,
        "reason": action.reason,
    }


def apply_text(report: ApplyReport) -> str:
    """Return the report for a log or a terminal."""
    troubles = [
        f"  ! {outcome.action.circuit}: {outcome.kind}: {outcome.why}"
        for outcome in _not_done(report)
    ]
    return "\n".join([*troubles, _totals(report).replace("**", "")]) + "\n"


def _headline(report: ApplyReport) -> str:
    done, total = report.counts[OutcomeKind.DONE], len(report.outcomes)
    if report.plan.errors:
        return "🔴 Nothing was applied: the plan has errors"
    unapproved = len(_unapproved(report))
    if busy := len(report.plan.busy):
        return f"🟡 Applied in part: {plural(busy, 'deployment')} busy with another operation"
    if not total and unapproved:
        return f"🔴 Not applied: {plural(unapproved, 'circuit')} without an approval"
    if not total:
        return "🟢 Production is what main asks for"
    if done == total:
        verb = "Rolled back" if report.rolled_back else "Applied"
        run = "now runs" if done == 1 else "now run"
        rest = f"; {unapproved:,} without an approval" if unapproved else ""
        sign = "🟡" if unapproved else "🟢"
        return f"{sign} {verb}: {plural(done, 'deployment')} {run} what main asks for{rest}"
    return f"🔴 Applied in part: {done:,} of {total:,} deployments"


def _rollback(report: ApplyReport) -> str:
    reasons = sorted(set(report.rolled_back.values()))
    return "\n".join(f"↩️ {reason}" for reason in reasons)


def _totals(report: ApplyReport) -> str:
    found = report.counts
    applied = " · ".join(f"{found[kind]:,} {kind}" for kind in OutcomeKind if found[kind])
    nothing = "nothing written" if report.plan.errors or _unapproved(report) else "nothing to do"
    return f"**{applied or nothing}** — {counts(report.plan)}"


def _not_done(report: ApplyReport) -> tuple[Outcome, ...]:
    return report.of_kind(OutcomeKind.FAILED, OutcomeKind.SKIPPED, OutcomeKind.NOT_STARTED)


def _unapproved(report: ApplyReport) -> tuple[Action, ...]:
    return report.plan.of_kind(ActionKind.UNAPPROVED)


def _troubles(report: ApplyReport) -> str:
    rows = [
        (
            f"{_SIGN[outcome.kind]} {code(str(outcome.action.circuit))}",
            outcome.kind.value,
            outcome.why,
        )
        for outcome in _not_done(report)
    ]
    rows += [
        (f"🔴 {code(str(action.circuit))}", action.kind.value, action.reason)
        for action in _unapproved(report)
    ]
    rows += [(f"🟡 {code(str(one.circuit))}", "busy", one.reason) for one in report.plan.busy]
    if not rows:
        return ""
    if len(rows) > _ROWS:
        more = (f"… {len(rows) - _ROWS:,} more", "", "see the JSON report of the run")
        rows = [*rows[:_ROWS], more]
    return table(("Circuit", "State", "Why"), rows)


def _next(report: ApplyReport) -> str:
    if _not_done(report) or report.plan.busy:
        return "**Next:** comment `/retry`; what is done stays done."
    if report.plan.errors:
        return "**Next:**\n" + bullets(error.next for error in report.plan.errors)
    return ""


def _footer(report: ApplyReport, run_url: str) -> str:
    run = f" · [run]({run_url})" if run_url else ""
    return (
        f"<sub>main {code(report.main[:7])} · plan {code(report.plan.fingerprint[:12])}{run}</sub>"
    )

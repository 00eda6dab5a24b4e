"""Findings as a table: what decided comes first."""

from collections.abc import Iterable

from bot.core.finding import Finding, Impact
from bot.core.render.markdown import details, plural, table
from bot.core.untrusted import inline, plain

_ROWS = 40
_SIGN = {Impact.BREAKING: "🔴", Impact.MINOR: "🟢", Impact.PATCH: "🟢", Impact.NONE: "⚪"}


def sign(finding: Finding) -> str:
    """Return the sign of a finding; what blocks is never green."""
    if finding.warns and not finding.blocks:
        return "🟡"
    return "🔴" if finding.blocks else _SIGN[finding.impact]


def findings_table(findings: Iterable[Finding], limit: int = _ROWS) -> str:
    """Return the table of findings, the largest impact first; empty without any.

    At most `limit` rows, the rest counted.
    """
    ordered = sorted(findings, key=lambda one: (not one.blocks, -one.impact, one.path, one.line))
    if not ordered:
        return ""
    rows = [
        (sign(one), f"[`{one.rule}`](docs/rules.md#{one.rule})", _place(one), inline(one.message))
        for one in ordered[:limit]
    ]
    if len(ordered) > limit:
        rows.append(("", "", f"… {len(ordered) - limit:,} more", "`envbot classify` lists them"))
    return table(("", "Rule", "Where", "What"), rows)


def quiet_table(findings: Iterable[Finding], limit: int = _ROWS) -> str:
    """Return the findings that change nothing in meaning, folded and counted; empty without any."""
    quiet = [one for one in findings if not _is_loud(one)]
    if not quiet:
        return ""
    return details(f"{plural(len(quiet), 'change')} without meaning", findings_table(quiet, limit))


def loud(findings: Iterable[Finding]) -> list[Finding]:
    """Return the findings that decide something."""
    return [one for one in findings if _is_loud(one)]


def _is_loud(finding: Finding) -> bool:
    return finding.blocks or finding.warns or finding.impact is not Impact.NONE


def findings_text(findings: Iterable[Finding]) -> str:
    """Return one line a finding for a terminal: place, what it does, rule, what."""
    return "".join(
        f"{plain(one.path)}:{one.line}: {_word(one)} [{one.rule}] {plain(one.message, 400)}\n"
        for one in findings
    )


def _word(finding: Finding) -> str:
    if finding.blocks:
        return "blocks"
    return "warning" if finding.warns else finding.impact.name.lower()


def _place(finding: Finding) -> str:
    return inline(f"{finding.path}:{finding.line}")

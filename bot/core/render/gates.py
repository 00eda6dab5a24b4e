"""Gates and evidence, the same in the comment, in `/status` and in the reply to a command."""

import re
from collections.abc import Iterator

from bot.core.evidence.checklist import EvidenceItem, EvidenceReport
from bot.core.evidence.evidence_run import EvidenceRun
from bot.core.gates.gate import Gate
from bot.core.pull_request import PullRequest
from bot.core.render.markdown import details, table
from bot.core.render.people import names
from bot.core.standing import Standing
from bot.core.untrusted import inline, prose

_URL = re.compile(r"https://[A-Za-z0-9_.:/?=&%-]{1,600}")
_NOT_COMPARABLE = (
    "⚠️ The registry's copy of the candidate is *not comparable* with it: {doubt}. "
    "envbot's own record says that it was shared from the candidate."
)
STAGES = {
    "registry": "Registry",
    "production": "Production",
    "rollback": "Rollback",
}


def gates_section(standing: Standing) -> str:
    """Return one row a gate: whether it is open, what is missing, who can supply it."""
    if not standing.gates:
        return ""
    rows = [_row(gate) for gate in standing.gates.values()]
    return "### Gates\n\n" + table(("Stage", "State", "Missing"), rows) + _notes(standing)


def settled_markdown(pull: PullRequest) -> str:
    """Return the answer to `/status` where no gate can move any more: where to look instead."""
    if pull.merged_at is None:
        return f"### #{pull.number} is closed: nothing of it is released\n"
    return (
        f"### #{pull.number} is merged: its gates are settled\n\n"
        "What became of it stands in the comment of the apply. What every circuit runs now, "
        "and which need somebody, say `envbot status` and `status.html` in the artifact of the "
        "last `apply` or `schedule` run.\n\n"
        "**Next:** `/retry`, if anything was not written; what is done stays done.\n"
    )


def evidence_section(standing: Standing) -> str:
    """Return the checklist of the evidence notebook; folded once it is complete."""
    review = standing.review
    if not review.environment_changes or standing.rollback:
        return ""
    report, path = review.evidence, f"evidence/{review.content.version}.ipynb"
    passed = sum(item.passed for item in report.items)
    heading = f"Evidence `{path}`: **{report.decision}**, {passed} of {len(report.items)} items"
    if report.decision == "complete":
        run = standing.progress.run
        level = "run" if run.state == "passed" else report.level
        listed = details(f"Evidence: {report.decision} ({level})", checklist(report))
        return "\n\n".join(filter(None, (listed, _run(run))))
    wanted = f"Run it on `{review.content.environment}:{review.candidate}` and push it."
    shown = _titles(report) if report.decision == "missing" else checklist(report)
    return f"### Evidence\n\n{heading}. {wanted}\n\n{shown}"


def _run(run: EvidenceRun) -> str:
    """Return how the run of the notebook stands, with a link to its job."""
    if run.state == "none":
        return ""
    signs = {"running": "⏳", "passed": "🟢", "failed": "🔴"}
    link = f" ([job]({run.url}))" if _URL.fullmatch(run.url) else ""
    return f"{signs[run.state]} Run of the notebook: {inline(run.text)}{link}"


def checklist(report: EvidenceReport) -> str:
    """Return one line an item, ticked or not, with the reason."""
    return "\n".join(
        f"- [{'x' if item.passed else ' '}] {prose(told(item))}" for item in report.items
    )


def told(item: EvidenceItem) -> str:
    """Return what an item asks for and what was found, which often says both already."""
    return item.why if item.why.startswith(item.title) else f"{item.title}: {item.why}"


def _titles(report: EvidenceReport) -> str:
    return "\n".join(f"- [ ] {item.title}" for item in report.items)


def _row(gate: Gate) -> tuple[str, str, str]:
    stage = STAGES[gate.stage]
    if gate.holds:
        people = names(approval.login for approval in gate.counted)
        return stage, "✅", gate.requirements[0].text if not people else f"approved by {people}"
    sign = "⌛" if gate.expired else "⏸"
    missing = "<br>".join(one.text for one in gate.missing)
    return stage, sign, missing


def _notes(standing: Standing) -> str:
    doubt = standing.progress.not_comparable
    notes = [f"_Not counted: {text}._" for text in _discounted(standing)]
    if doubt:
        notes.insert(0, _NOT_COMPARABLE.format(doubt=prose(doubt)))
    return "".join(f"\n\n{note}" for note in notes)


def _discounted(standing: Standing) -> Iterator[str]:
    for gate in standing.gates.values():
        for one in gate.discounted:
            yield f"{one.text} ({STAGES[gate.stage].lower()})"

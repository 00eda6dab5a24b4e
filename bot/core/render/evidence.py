"""An evidence report for people and machines."""

import json

from bot.core.evidence.checklist import EvidenceReport
from bot.core.render.gates import checklist, told


def evidence_report(report: EvidenceReport, shape: str) -> str:
    """Return the report as `text`, `markdown` or `json` (a public interface)."""
    if shape == "json":
        items = [{"id": one.id, "passed": one.passed, "why": one.why} for one in report.items]
        return json.dumps({"decision": report.decision, "items": items}, indent=2) + "\n"
    if shape == "markdown":
        return f"**{report.decision}**\n\n{checklist(report)}\n"
    lines = (f"  {'ok ' if one.passed else 'NO '} {told(one)}" for one in report.items)
    return "\n".join([report.decision, *lines]) + "\n"

"""A classification for people and machines; the JSON form is a public interface."""

import json

from bot.core.classification import Classification
from bot.core.declaration import Declaration
from bot.core.finding import Finding
from bot.core.render.findings import findings_table, findings_text
from bot.core.render.markdown import document
from bot.core.render.training import training_section

FORMAT = 1


def classification_report(found: Classification, shape: str) -> str:
    """Return the classification as `text`, `markdown` or `json`."""
    if shape == "json":
        return json.dumps(classification_json(found), indent=2) + "\n"
    if shape == "markdown":
        headline = f"## {_headline(found)}"
        named = (*found.disagreements, *found.omissions, *found.verdict.findings)
        training = training_section(found.verdict.circuits)
        return document((headline, findings_table(named), training))
    blocked = findings_text((*found.disagreements, *found.omissions))
    judged = findings_text((*found.verdict.findings, *found.verdict.circuits))
    return f"{judged}{blocked}{_headline(found)}\n"


def classification_json(found: Classification) -> dict[str, object]:
    """Return the documented, versioned form."""
    return {
        "format": FORMAT,
        "verdict": found.verdict.verdict,
        "required_bump": found.verdict.required_bump,
        "requires_retrain": found.verdict.requires_retrain,
        "declared": _declared(found.declaration),
        "agrees": found.agrees,
        "findings": [_finding(one) for one in found.verdict.findings],
        "disagreements": [_finding(one) for one in found.disagreements],
        "circuits": [_finding(one) for one in found.verdict.circuits],
        "omissions": [_finding(one) for one in found.omissions],
    }


def _headline(found: Classification) -> str:
    verdict = found.verdict
    if verdict.verdict == "none" and found.agrees:
        return "none: nothing changed in meaning"
    retrain = ", models must be retrained" if verdict.requires_retrain else ""
    agrees = "" if found.agrees else "; the declaration disagrees"
    return f"{verdict.verdict}: needs {verdict.required_bump}{retrain}{agrees}"


def _declared(declaration: Declaration | None) -> dict[str, object] | None:
    if declaration is None:
        return None
    return {
        "name": declaration.name,
        "before": declaration.before,
        "after": declaration.after,
        "backward_compatible": declaration.backward_compatible,
        "requires_retrain": declaration.requires_retrain,
    }


def _finding(finding: Finding) -> dict[str, object]:
    return {
        "rule": finding.rule,
        "impact": finding.impact.name.lower(),
        "path": finding.path,
        "line": finding.line,
        "message": finding.message,
    }

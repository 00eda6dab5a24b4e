"""The report of an apply for machines; `docs/operations.md` describes its shape."""

import json
from collections.abc import Mapping

from bot.core.production.action import WRITTEN, Action, ActionKind
from bot.core.production.apply_report import ApplyReport, Outcome

FORMAT = 1
"""Raised when a field changes its meaning or goes; new fields may come at any time."""


def apply_json(report: ApplyReport) -> bytes:
    """Return the report as JSON: every outcome, and every action that was not to be written."""
    quiet = report.plan.of_kind(*(kind for kind in ActionKind if kind not in WRITTEN))
    content = {
        "format": FORMAT,
        "main": report.main,
        "plan": report.plan.fingerprint,
        "converged": report.converged,
        "pulls": list(report.pulls),
        "counts": {kind.value: count for kind, count in report.plan.counts.items()},
        "errors": [{"code": one.code, "headline": one.headline} for one in report.plan.errors],
        "outcomes": [_outcome(one) for one in report.outcomes],
        "others": [_action(action) for action in quiet],
    }
    return json.dumps(content, indent=2, sort_keys=True).encode() + b"\n"


def _outcome(outcome: Outcome) -> Mapping[str, object]:
    action, live = outcome.action, outcome.action.live
    return {
        **_action(action),
        "outcome": outcome.kind.value,
        "why": outcome.why,
        "wave": outcome.wave,
        "before": {
            "environment": live.environment_id if live else None,
            "model": live.model_id if live else None,
        },
        "after": {"environment": action.environment_id, "model": action.model_id},
    }


def _action(action: Action) -> Mapping[str, object]:
    return {
        "circuit": str(action.circuit or ""),
        "endpoint": action.endpoint,
        "deployment": action.deployment,
        "kind": action.kind.value,
        "code": action.code,
        "reason": action.reason,
    }

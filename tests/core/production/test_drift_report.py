"""What of a plan is drift, and what only waits."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from bot.core.config.circuit import CircuitId
from bot.core.production.action import Action, ActionKind
from bot.core.production.deployment import LastWrite, LiveDeployment
from bot.core.production.drift_report import (
    Difference,
    DriftReport,
    Lost,
    drift_report,
    running_versions,
)
from bot.core.production.plan import Plan

LIVE = LiveDeployment("e", "d", "tf:1.4", "sensor:1", {}, "Succeeded", "model", "rest")
WRITE = LastWrite(datetime(2026, 3, 1, 12, tzinfo=UTC), "Ann", by_person=True)


def action(
    kind: ActionKind, environment: str | None = "tf:1.5", model: str | None = "sensor:1"
) -> Action:
    circuit = None if kind is ActionKind.ORPHAN else CircuitId("P001", "C001")
    live = None if kind in (ActionKind.MISSING, ActionKind.CREATE) else LIVE
    return Action(kind, "e", "d", circuit, "", "because", environment, model, live)


def report(*actions: Action, lost: tuple[Lost, ...] = ()) -> DriftReport:
    return drift_report(Plan(actions, ()), lost, is_enforced=False)


@pytest.mark.parametrize(
    "kind", [ActionKind.DRIFTED, ActionKind.MISSING, ActionKind.ORPHAN], ids=str
)
def test_what_no_apply_settles_is_drift(kind: ActionKind) -> None:
    assert report(action(kind)).found


@pytest.mark.parametrize(
    "kind",
    [
        ActionKind.CREATE,
        ActionKind.UPDATE,
        ActionKind.UNCHANGED,
        ActionKind.NOT_MANAGED,
        ActionKind.UNAPPROVED,
        ActionKind.REFUSED,
    ],
    ids=str,
)
def test_what_is_to_come_or_nobodys_is_none(kind: ActionKind) -> None:
    assert not report(action(kind)).found


def test_what_is_not_managed_is_told_where_a_config_names_it() -> None:
    named = action(ActionKind.NOT_MANAGED)

    assert report(named, replace(named, circuit=None)).unmanaged == (named,)


def test_an_environment_that_is_gone_is_drift() -> None:
    assert report(lost=(Lost("tf:1.5", "missing", 3),)).found


def test_what_waits_is_counted_beside_what_is_as_asked() -> None:
    kinds = (ActionKind.UPDATE, ActionKind.CREATE, ActionKind.UNAPPROVED, ActionKind.UNCHANGED)

    found = report(*(action(kind) for kind in kinds))

    assert (found.to_come, found.unchanged) == (3, 1)


@pytest.mark.parametrize(
    ("environment", "model", "differences"),
    [
        pytest.param("tf:1.5", "sensor:1", [("environment", "tf:1.5", "tf:1.4")], id="environment"),
        pytest.param("tf:1.4", "sensor:2", [("model", "sensor:2", "sensor:1")], id="model"),
        pytest.param(
            "tf:1.5",
            "sensor:2",
            [("environment", "tf:1.5", "tf:1.4"), ("model", "sensor:2", "sensor:1")],
            id="both",
        ),
    ],
)
def test_the_fields_that_differ_are_told_with_both_values(
    environment: str, model: str, differences: list[tuple[str, str, str]]
) -> None:
    (changed,) = report(action(ActionKind.DRIFTED, environment, model)).changed

    assert changed.differences == tuple(Difference(*one) for one in differences)


def test_who_wrote_last_is_passed_on() -> None:
    drifted = replace(action(ActionKind.DRIFTED), live=replace(LIVE, last_write=WRITE))

    assert report(drifted).changed[0].last_write == WRITE


def test_only_what_runs_as_asked_needs_its_environment() -> None:
    asked = action(ActionKind.UNCHANGED, "tf:1.5")
    plan = Plan((asked, asked, action(ActionKind.UPDATE, "tf:1.6")), ())

    assert running_versions(plan) == {"tf:1.5": 2}

"""The plan as people read it: outliers first, what is alike in one line, plant by plant."""

import json
from dataclasses import replace

import pytest

from bot.core.config.circuit import CircuitId
from bot.core.production.action import Action, ActionKind
from bot.core.production.plan import Plan
from bot.core.refusal import Refusal
from bot.core.render.plan import plan_markdown, plan_report, plan_text


def action(plant: str, number: int, kind: ActionKind, reason: str = "") -> Action:
    return Action(
        kind=kind,
        endpoint=f"endpoint-{plant}",
        deployment=f"deployment-C{number:03}",
        circuit=CircuitId(plant, f"C{number:03}"),
        code="",
        reason=reason or f"it is {kind}",
        environment_id=None,
        model_id=None,
        live=None,
    )


MOVED = "environment tf:1.5.0 → tf:1.5.1"
UPDATES = tuple(
    action(plant, number, ActionKind.UPDATE, MOVED) for plant in ("P1", "P2") for number in (1, 2)
)
SAME = tuple(action("P2", number, ActionKind.UNCHANGED) for number in (3, 4))
NEW = action("P3", 1, ActionKind.CREATE, "new, on tf:1.5.1 with model m:5")
MISSING = action("P3", 2, ActionKind.MISSING, "there is no such deployment")
REFUSED = replace(
    action("P3", 3, ActionKind.REFUSED, "model m:9 does not exist in production"),
    code="MODEL_NOT_FOUND",
)
ORPHAN = replace(action("P3", 4, ActionKind.ORPHAN, "runs our environment"), circuit=None)
UNMANAGED = action("P3", 5, ActionKind.NOT_MANAGED, "has no environment")
STRANGER = replace(UNMANAGED, circuit=None, deployment="deployment-of-others")
PLAN = Plan((*UPDATES, *SAME, NEW, MISSING, REFUSED, ORPHAN), ())


def test_a_terminal_shows_outliers_then_what_is_alike_then_plants_and_counts() -> None:
    counts = (
        "1 to create · 4 to update · 2 unchanged · 1 missing in Azure · 1 without a config · "
        "1 refused"
    )
    assert plan_text(PLAN).splitlines() == [
        "  ! P3/C003  refused: model m:9 does not exist in production",
        "  ! P3/C002  missing in Azure: there is no such deployment",
        "  ! endpoint-P3/deployment-C004  without a config: runs our environment",
        "  + P3/C001: new, on tf:1.5.1 with model m:5",
        f"  ~ 4 circuits in 2 plants: {MOVED}",
        "  by plant: P1 (2 of 2), P2 (2 of 4), P3 (1 of 3)",
        f"Plan {PLAN.fingerprint[:12]}: {counts}.",
    ]


def test_unchanged_is_counted_also_where_nothing_is() -> None:
    assert "0 to update · 0 unchanged" in plan_text(Plan((), ()))


def test_a_comment_tells_how_much_of_each_plant_changes() -> None:
    shown = plan_markdown(PLAN)

    assert "- P1 (2 of 2): C001, C002\n- P2 (2 of 4): C001, C002\n- P3 (1 of 3): C001" in shown
    assert shown.index("P3/C003") < shown.index("4 circuits in 2 plants")


def test_many_plants_are_counted_in_the_end() -> None:
    many = Plan(tuple(action(f"P{n:03}", 1, ActionKind.UPDATE) for n in range(60)), ())

    assert "P049 (1 of 1), … 10 more\n" in plan_text(many)


def test_a_terminal_names_five_of_what_is_missing_for_the_same_reason() -> None:
    kind, reason = ActionKind.MISSING, "there is no such deployment"
    many = Plan(tuple(action("P1", n, kind, reason) for n in range(7)), ())

    named = "P1/C000, P1/C001, P1/C002, P1/C003, P1/C004 and 2 more"
    assert plan_text(many).splitlines()[:-1] == [f"  ! {named}  missing in Azure: {reason}"]


@pytest.mark.parametrize("shape", ["text", "markdown"])
def test_what_a_config_names_and_nothing_can_move_is_shown_with_its_reason(shape: str) -> None:
    shown = plan_report(Plan((UNMANAGED, STRANGER), ()), shape)

    assert [line for line in shown.splitlines() if "has no environment" in line] == [
        {
            "text": "  ! P3/C005  not managed: has no environment",
            "markdown": "| ⚠️ `P3/C005` | not managed | has no environment |",
        }[shape]
    ]
    assert "2 not managed" in shown
    assert STRANGER.deployment not in shown


@pytest.mark.parametrize(
    ("stage", "command"),
    [("production", "envbot apply --plan"), ("test", "envbot apply --stage test --plan")],
)
def test_a_plan_names_the_command_that_carries_out_all_of_it(stage: str, command: str) -> None:
    part = PLAN.only({CircuitId("P1", "C001")})
    digits = PLAN.fingerprint[:12]

    assert plan_report(part, "text", stage).endswith(
        f"Part of plan {digits}: 1 to update · 0 unchanged.\n  Next: {command} {digits}\n"
    )
    assert plan_report(part, "markdown", stage).endswith(f"**Next:** `{command} {digits}`\n")


def test_a_plan_that_writes_nothing_names_no_command() -> None:
    assert "Next" not in plan_report(Plan(SAME, ()), "text")


def test_machines_get_every_action_with_its_reason_and_every_plant() -> None:
    error = Refusal("NO_CIRCUITS", "there is no config", ("It is empty.",), "tom", "Restore it.")

    said = json.loads(plan_report(replace(PLAN, errors=(error,)), "json"))

    assert said["format"] == 1
    assert said["counts"]["create"] == 1
    assert [one["kind"] for one in said["actions"]] == [one.kind for one in PLAN.actions]
    assert {one["code"] for one in said["actions"]} == {"", "MODEL_NOT_FOUND"}
    assert all(one["reason"] for one in said["actions"])
    assert said["plants"][1] == {"plant": "P2", "written": 2, "circuits": 4}
    assert said["errors"] == [
        {
            "code": "NO_CIRCUITS",
            "headline": "there is no config",
            "facts": ["It is empty."],
            "next": "Restore it.",
        }
    ]


@pytest.mark.parametrize("shape", ["text", "markdown"])
def test_errors_come_first(shape: str) -> None:
    error = Refusal("NO_CIRCUITS", "there is no config", (), "tom", "Restore it.")

    first = plan_report(replace(PLAN, errors=(error,)), shape).splitlines()[0]

    assert "there is no config" in first

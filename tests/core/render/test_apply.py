"""How an apply is told: while it runs, when it has ended, and to machines."""

import json
import re
from dataclasses import replace
from pathlib import Path

from bot.core.config.circuit import CircuitId
from bot.core.production.action import Action, ActionKind
from bot.core.production.apply_report import ApplyReport, Outcome, OutcomeKind
from bot.core.production.plan import Plan
from bot.core.refusal import Refusal
from bot.core.render.apply import apply_markdown, apply_text, applying_markdown, says_the_same
from bot.core.render.apply_json import apply_json

DONE, SKIPPED, FAILED, NOT_STARTED = OutcomeKind


def action(number: int, kind: ActionKind = ActionKind.UPDATE) -> Action:
    circuit = CircuitId("P001", f"C{number:03}")
    return Action(kind, "endpoint", f"deployment-{number}", circuit, "", "", None, None, None)


def report(*ended: tuple[OutcomeKind, str]) -> ApplyReport:
    outcomes = tuple(
        Outcome(action(number), kind, wave=wave) for number, (kind, wave) in enumerate(ended)
    )
    refused = Refusal("QUOTA_EXCEEDED", "there would be too many", (), "tom", "Ask.")
    plan = Plan((*(one.action for one in outcomes), action(99, ActionKind.UNCHANGED)), (refused,))
    return ApplyReport("m" * 40, plan, outcomes, (7,), {})


def canary() -> ApplyReport:
    return report((NOT_STARTED, "wave 2 of 2"), (DONE, "wave 1 of 2"), (FAILED, "wave 1 of 2"))


def test_each_wave_has_its_line_in_the_report() -> None:
    lines = ["wave 1 of 2: 1 done, 1 failed", "wave 2 of 2: 1 not started"]

    assert "\n".join(f"- {line}" for line in lines) in apply_markdown(canary(), "")
    assert apply_text(canary()).startswith("".join(f"  {line}\n" for line in lines))


def test_reports_of_two_runs_that_found_the_same_say_the_same() -> None:
    found = report((DONE, ""))
    first, second = apply_markdown(found, "https://ci/1"), apply_markdown(found, "https://ci/2")
    later = apply_markdown(replace(found, main="n" * 40), "")
    other = apply_markdown(report((FAILED, "")), "https://ci/1")

    assert first != second
    assert says_the_same(first, second)
    assert says_the_same(first, later)
    assert not says_the_same(first, other)


def test_a_comment_that_is_no_report_yet_does_not_say_the_same() -> None:
    assert not says_the_same(applying_markdown(0, 0, ""), apply_markdown(report((DONE, "")), ""))


def test_a_release_in_one_wave_speaks_of_none() -> None:
    assert "wave" not in apply_markdown(report((DONE, "")), "")


def test_a_running_apply_shows_how_far_it_is_in_its_wave() -> None:
    shown = applying_markdown(
        3, 20, "https://ci/1", what="deployments of wave 2 of 3", ended=["wave 1 of 3: 1 done"]
    )

    assert shown == (
        "## ⏳ Applying to production: 3 of 20 deployments of wave 2 of 3\n\n"
        "- wave 1 of 3: 1 done\n\n"
        "[Run](https://ci/1)\n"
    )


def test_an_apply_that_waits_for_the_lease_says_so() -> None:
    assert applying_markdown(0, 0, "") == "## ⏳ Applying to production: taking the lease\n"


def unmanaged(*more: Action, ended: tuple[Outcome, ...] = ()) -> ApplyReport:
    left = replace(action(98, ActionKind.NOT_MANAGED), reason="has no environment")
    return ApplyReport("m" * 40, Plan((left, *more), ()), ended, (7,), {})


def test_production_is_not_what_main_asks_for_where_a_circuit_is_not_managed() -> None:
    shown = apply_markdown(unmanaged(), "")

    assert shown.startswith("## 🟡 Nothing to write, but 1 circuit not managed\n")
    assert "| 🟡 `P001/C098` | not managed | has no environment |" in shown
    assert "**Next:** for what is not managed: deploy it" in shown


def test_what_is_not_managed_is_told_beside_what_was_written() -> None:
    written = action(1)

    shown = apply_markdown(unmanaged(written, ended=(Outcome(written, DONE),)), "")

    assert shown.startswith(
        "## 🟡 Applied: 1 deployment now runs what main asks for; 1 not managed"
    )


def test_what_no_config_names_does_not_keep_production_from_being_as_asked() -> None:
    stranger = replace(
        action(98, ActionKind.NOT_MANAGED), circuit=None, reason="has no environment"
    )
    report = ApplyReport("m" * 40, Plan((stranger,), ()), (), (7,), {})

    shown = apply_markdown(report, "")

    assert shown.startswith("## 🟢 Production is what main asks for\n")
    assert "has no environment" not in shown
    assert "1 not managed" in shown


def test_the_json_has_the_fields_that_operations_md_lists(checkout: Path) -> None:
    page = (checkout / "docs" / "operations.md").read_text(encoding="utf-8")
    (example,) = (
        json.loads(block)
        for block in re.findall(r"```json\n(.*?)```", page, re.DOTALL)
        if '"format"' in block
    )

    assert fields(json.loads(apply_json(report((DONE, ""))))) == fields(example)


def fields(value: object, name: str = "") -> set[str]:
    """Return the dotted names of all fields; `counts` has those of the plan's kinds."""
    if isinstance(value, list):
        return set().union(*(fields(one, f"{name}[]") for one in value), {name})
    if isinstance(value, dict) and name != ".counts":
        return set().union(*(fields(one, f"{name}.{key}") for key, one in value.items()))
    return {name}

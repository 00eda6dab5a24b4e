"""How drift reads: in the issue, in a terminal and to machines."""

import json
import re
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest

from bot.core.config.circuit import CircuitId
from bot.core.production.action import Action, ActionKind
from bot.core.production.deployment import LastWrite
from bot.core.production.drift_report import Changed, Difference, DriftReport, Lost
from bot.core.render.drift import (
    Place,
    drift_markdown,
    drift_report,
    drift_title,
    issue_markdown,
)

PLACE = Place("rg-production", "ws-production")
REGISTRY = "azureml://registries/reg/environments/tf/versions"
NONE = DriftReport((), (), (), (), to_come=1, unchanged=4)
ANN = LastWrite(
    datetime(2026, 3, 1, 14, 30, tzinfo=timezone(timedelta(hours=2))), "Ann", by_person=True
)


def changed(number: int = 1, **values: Any) -> Changed:
    found = Changed(
        circuit=f"P001/C{number:03}",
        endpoint="endpoint-P001",
        deployment=f"deployment-C{number:03}",
        differences=(Difference("environment", f"{REGISTRY}/1.5.1", f"{REGISTRY}/1.4.0"),),
        why="runs tf:1.4.0, which main never asked of it",
        last_write=ANN,
    )
    return replace(found, **values)


def other(kind: ActionKind) -> Action:
    circuit = None if kind is ActionKind.ORPHAN else CircuitId("P001", "C007")
    return Action(kind, "endpoint-P001", "deployment-C007", circuit, "", "why", None, None, None)


def report(*drifted: Changed, enforced: bool = False) -> DriftReport:
    return replace(NONE, changed=drifted or (changed(),), is_enforced=enforced)


EVERYTHING = replace(
    report(),
    missing=(other(ActionKind.MISSING),),
    orphans=(other(ActionKind.ORPHAN),),
    lost=(Lost("tf:1.5.1", "missing", 3),),
    unmanaged=(other(ActionKind.NOT_MANAGED),),
)


def test_the_title_counts_what_was_found() -> None:
    assert drift_title(EVERYTHING) == (
        "Drift: 1 changed outside of git · 1 missing in Azure · 1 without a config · "
        "1 environment version gone"
    )
    assert drift_title(NONE) == "Drift: none"


def test_a_change_is_told_with_both_values_and_who_wrote_last() -> None:
    assert (
        "| `P001/C001` | environment | `tf:1.5.1` | `tf:1.4.0` | `Ann`, 2026-03-01 12:30 UTC | "
        "`runs tf:1.4.0, which main never asked of it` |"
    ) in drift_markdown(report(), PLACE)


def test_a_write_that_azure_has_no_record_of_is_unknown() -> None:
    assert "| unknown |" in drift_markdown(report(changed(last_write=None)), PLACE)


def test_two_places_of_one_version_are_told_apart() -> None:
    elsewhere = "/subscriptions/s/resourceGroups/g/workspaces/w/environments/tf/versions/1.5.1"
    moved = changed(differences=(Difference("environment", f"{REGISTRY}/1.5.1", elsewhere),))

    shown = drift_markdown(report(moved), PLACE)

    assert f"| `{REGISTRY}/1.5.1` | `{elsewhere}` |" in shown


def test_each_change_comes_with_the_command_that_sets_it_back() -> None:
    model = "/subscriptions/s/models/sensor/versions"
    both = changed(
        differences=(
            Difference("environment", f"{REGISTRY}/1.5.1", f"{REGISTRY}/1.4.0"),
            Difference("model", f"{model}/2", f"{model}/1"),
        )
    )

    assert (
        "az ml batch-deployment update --resource-group rg-production --workspace-name "
        "ws-production --endpoint-name endpoint-P001 --name deployment-C001 "
        f"--set environment={REGISTRY}/1.5.1 --set model=azureml:{model}/2"
    ) in drift_markdown(report(both), PLACE)


@pytest.mark.parametrize(
    ("enforced", "said"),
    [(False, "envbot leaves them alone"), (True, "**the next apply overwrites these.**")],
    ids=["report", "enforce"],
)
def test_what_policy_does_about_it_is_said(said: str, *, enforced: bool) -> None:
    assert said in drift_markdown(report(enforced=enforced), PLACE)


@pytest.mark.parametrize(
    ("title", "row"),
    [
        ("Missing in Azure", "| `P001/C007` | `endpoint-P001/deployment-C007` | why |"),
        ("Without a config", "| `none` | `endpoint-P001/deployment-C007` | why |"),
        ("Not managed", "| `P001/C007` | `endpoint-P001/deployment-C007` | why |"),
        ("Environments that are gone", "| `tf:1.5.1` | missing | 3 circuits |"),
    ],
)
def test_the_rest_has_sections_of_its_own(title: str, row: str) -> None:
    section = drift_markdown(EVERYTHING, PLACE).split(f"### {title}\n")[1].split("\n###")[0]

    assert row in section


def test_names_from_azure_do_no_harm() -> None:
    mention = ANN._replace(by="@everyone | <b>`x`</b>")

    shown = drift_markdown(report(changed(last_write=mention)), PLACE)

    row = next(line for line in shown.splitlines() if "P001/C001" in line)
    assert "@everyone" not in row
    assert row.count("|") == 7


def test_a_large_drift_fits_into_an_issue() -> None:
    shown = drift_markdown(report(*(changed(number) for number in range(2_000))), PLACE)

    assert len(shown) < 60_000
    assert "1,950 more" in shown


def test_the_last_word_says_that_all_is_well() -> None:
    assert issue_markdown(replace(NONE, to_come=0), PLACE) == (
        "## 🟢 Production and main agree\n\n"
        "4 unchanged\n\n"
        "What was found here is gone, so envbot closed this issue. It opens it again when "
        "something is found.\n"
    )


def test_who_asks_in_a_terminal_is_not_told_of_the_issue() -> None:
    assert drift_report(replace(NONE, to_come=0), PLACE, "markdown") == (
        "## 🟢 Production and main agree\n\n4 unchanged\n"
    )


def test_the_last_word_claims_nothing_of_what_is_still_to_be_applied() -> None:
    assert drift_markdown(NONE, PLACE).startswith(
        "## 🟢 No drift; main is not applied everywhere\n\n"
        "4 unchanged · 1 to be applied or held back\n"
    )


def test_where_a_circuit_is_not_managed_main_and_production_do_not_agree() -> None:
    left = replace(NONE, to_come=0, unmanaged=(other(ActionKind.NOT_MANAGED),))

    assert drift_markdown(left, PLACE) == (
        "## 🟢 No drift; what is not managed is not as main asks\n\n"
        "4 unchanged · 1 not managed\n\n"
        "### Not managed\n\n"
        "| Circuit | Deployment | Why |\n| --- | --- | --- |\n"
        "| `P001/C007` | `endpoint-P001/deployment-C007` | why |\n\n"
        "envbot cannot move it: deploy it with an environment of its own, or remove its config.\n"
    )


def test_a_terminal_gets_one_line_for_each_finding() -> None:
    assert drift_report(EVERYTHING, PLACE, "text") == (
        "  ! P001/C001  environment: main asks for tf:1.5.1, Azure has tf:1.4.0  "
        "(runs tf:1.4.0, which main never asked of it; last write: Ann, 2026-03-01 12:30 UTC)\n"
        "  ! P001/C007  missing in Azure: why\n"
        "  ! endpoint-P001/deployment-C007  without a config\n"
        "  ! tf:1.5.1  environment missing, run by 3 circuits\n"
        "  ! P001/C007  not managed: why\n"
        "1 changed outside of git · 1 missing in Azure · 1 without a config · "
        "1 environment version gone; 4 unchanged · 1 not managed · 1 to be applied or held back.\n"
    )
    assert (
        drift_report(NONE, PLACE, "text")
        == "No drift; 4 unchanged · 1 to be applied or held back.\n"
    )


def test_machines_get_whole_ids_and_times() -> None:
    content = json.loads(drift_report(EVERYTHING, PLACE, "json"))

    assert (content["format"], content["drift"], content["unchanged"]) == (1, True, 4)
    assert content["changed"] == [
        {
            "circuit": "P001/C001",
            "endpoint": "endpoint-P001",
            "deployment": "deployment-C001",
            "fields": [
                {"field": "environment", "git": f"{REGISTRY}/1.5.1", "live": f"{REGISTRY}/1.4.0"}
            ],
            "why": "runs tf:1.4.0, which main never asked of it",
            "written_by": "Ann",
            "written_by_person": True,
            "written_at": "2026-03-01T14:30:00+02:00",
        }
    ]
    assert content["environments"] == [{"label": "tf:1.5.1", "state": "missing", "circuits": 3}]
    assert [one["deployment"] for one in content["orphans"]] == ["deployment-C007"]
    assert [one["circuit"] for one in content["missing"]] == ["P001/C007"]
    assert [one["why"] for one in content["unmanaged"]] == ["why"]


def test_operations_md_names_every_key_of_the_json(checkout: Path) -> None:
    page = (checkout / "docs" / "operations.md").read_text(encoding="utf-8")
    pattern = r"(?ms)^`envbot drift --format json` has .*?\n\n"
    (paragraph,) = re.findall(pattern, page)

    assert keys(json.loads(drift_report(EVERYTHING, PLACE, "json"))) == (
        set(re.findall(r"`([a-z_]+)`", paragraph))
    )


def keys(value: object) -> set[str]:
    """Return the names of all fields, however deep."""
    if isinstance(value, list):
        return set().union(*map(keys, value))
    if isinstance(value, dict):
        return set(value) | set().union(*map(keys, value.values()))
    return set()


def test_markdown_is_what_the_issue_shows() -> None:
    assert drift_report(EVERYTHING, PLACE, "markdown") == drift_markdown(EVERYTHING, PLACE)

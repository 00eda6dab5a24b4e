"""The fleet as text, Markdown and JSON: what is wrong first, what is alike counted."""

import json
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.core.production.fleet_status import CircuitStatus, FleetStatus, Release, State
from bot.core.production.lease import Lease
from bot.core.refusal import Refusal
from bot.core.render.fleet import fleet_report
from bot.core.render.fleet_words import MEANINGS

MakeCircuit = Callable[..., CircuitStatus]
MakeFleet = Callable[..., FleetStatus]
NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
RUN = "https://github.com/plants/fleet/actions/runs/812"


def test_a_fleet_as_asked_needs_few_words(make_fleet: MakeFleet, make_circuit: MakeCircuit) -> None:
    assert fleet_report(make_fleet(*map(make_circuit, range(3))), "text") == (
        "All 3 circuits run what main asks for\n"
        "\nRuns\n"
        "        3  custom-tf-env:1.5.1\n"
        "\nmain 4f1c9e2, read 2026-03-01 12:00 UTC\n"
    )


def test_circuits_that_are_not_managed_do_not_run_what_main_asks_for(
    make_fleet: MakeFleet, make_circuit: MakeCircuit
) -> None:
    left = make_circuit(2, State.NOT_MANAGED, reason="has no environment")

    text = fleet_report(make_fleet(make_circuit(0), make_circuit(1), left), "text")

    assert text.startswith("2 of 3 circuits run what main asks for; 1 is not managed\n")
    assert "    P0001/C003: has no environment\n" in text


def test_the_worst_comes_first_with_its_reason_and_what_to_do(
    make_fleet: MakeFleet, make_circuit: MakeCircuit
) -> None:
    fleet = make_fleet(
        make_circuit(0, State.WAITING, runs="custom-tf-env:1.5.0", reason="environment moves"),
        make_circuit(1),
        make_circuit(2, State.FAILING, reason="its last update ended as Failed"),
    )

    assert fleet_report(fleet, "text").startswith(
        "1 of 3 circuits needs somebody\n"
        "\n✖ 1 failing: Azure could not finish the last update.\n"
        "  Next: /retry on the merged pull request\n"
        "    P0001/C003: its last update ended as Failed\n"
        "\n→ 1 waiting: Main asks for something else; no apply has written it yet.\n"
        "  Next: envbot plan\n"
        "    P0001/C001: environment moves\n"
    )


def test_circuits_with_one_reason_share_a_line(
    make_fleet: MakeFleet, make_circuit: MakeCircuit
) -> None:
    waiting = [
        make_circuit(number, State.WAITING, reason="environment moves") for number in range(8)
    ]

    text = fleet_report(make_fleet(*waiting), "text")

    assert "P0001/C001, P0001/C002, P0001/C003, P0001/C004, P0001/C005 and 3 more: " in text


@pytest.mark.parametrize("shape", ["text", "markdown"])
def test_a_large_fleet_is_counted_and_not_listed(
    make_fleet: MakeFleet, make_circuit: MakeCircuit, shape: str
) -> None:
    states = list(State)
    circuits = [
        make_circuit(number, states[number % 8], reason=f"reason {number}")
        for number in range(20_000)
    ]

    lines = fleet_report(make_fleet(*circuits), shape).splitlines()

    assert len(lines) < 160
    assert "--all" in "\n".join(lines)


def test_all_names_every_circuit(make_fleet: MakeFleet, make_circuit: MakeCircuit) -> None:
    circuits = [make_circuit(number) for number in range(300)]

    text = fleet_report(make_fleet(*circuits), "text", every=True)

    assert [name for one in circuits if (name := str(one.circuit)) not in text] == []


def test_pins_are_counted_by_version(make_fleet: MakeFleet, make_circuit: MakeCircuit) -> None:
    pinned = [make_circuit(number, pinned=True, wants="1.4.2") for number in range(2)]

    text = fleet_report(make_fleet(*pinned, make_circuit(3)), "text")

    assert "  2 circuits pinned: 2 at 1.4.2\n" in text


@pytest.mark.parametrize(
    ("around", "told"),
    [
        pytest.param(
            {"writer": Lease("c", RUN, NOON + timedelta(hours=1))},
            f"Production is held by {RUN} until 2026-03-01 13:00 UTC. If that run has ended, "
            "`/retry` on the merged pull request goes on.",
            id="held",
        ),
        pytest.param(
            {"release": Release("2026-03-01T11:00:00+00:00", RUN, 4, 1)},
            f"An apply of this main is not complete: 1 of 4 deployments is not as asked "
            f"({RUN}). `/retry` on the merged pull request goes on.",
            id="interrupted",
        ),
        pytest.param(
            {"errors": (Refusal("QUOTA_EXCEEDED", "too many", (), "somebody", "Ask Azure."),)},
            "Nothing can be applied: too many. Ask Azure.",
            id="errors",
        ),
        pytest.param(
            {"orphans": ("endpoint/deployment",)},
            "1 deployment without a config; nothing deletes them.",
            id="orphans",
        ),
        pytest.param(
            {"unreadable": ("refs/envbot/locks/production",)},
            "`refs/envbot/locks/production` holds nothing that envbot can read; "
            "delete the ref once no run is writing.",
            id="unreadable",
        ),
    ],
)
def test_what_goes_on_is_told(
    make_fleet: MakeFleet, make_circuit: MakeCircuit, around: dict[str, object], told: str
) -> None:
    assert f"  ! {told}\n" in fleet_report(make_fleet(make_circuit(0), **around), "text")


def test_what_is_left_is_told_while_production_is_held_since_the_run_may_be_dead(
    make_fleet: MakeFleet, make_circuit: MakeCircuit
) -> None:
    held = Lease("c", RUN, NOON + timedelta(hours=1))
    release = Release("2026-03-01T11:00:00+00:00", RUN, 200, 120)

    text = fleet_report(make_fleet(make_circuit(0), writer=held, release=release), "text")

    assert (
        f"  ! Production is held by {RUN} until 2026-03-01 13:00 UTC. If that run has ended, "
        "`/retry` on the merged pull request goes on.\n"
        f"  ! An apply of this main is not complete: 120 of 200 deployments are not as asked "
        f"({RUN}).\n"
    ) in text


@pytest.mark.parametrize(
    "around",
    [
        pytest.param({"release": Release("2026-03-01T11:00:00Z", RUN, 4, 0)}, id="done"),
        pytest.param({"release": None}, id="none"),
    ],
)
def test_a_release_that_is_done_is_no_news(
    make_fleet: MakeFleet, make_circuit: MakeCircuit, around: dict[str, object]
) -> None:
    assert "not complete" not in fleet_report(make_fleet(make_circuit(0), **around), "text")


def test_an_owner_that_is_no_address_is_not_repeated(
    make_fleet: MakeFleet, make_circuit: MakeCircuit
) -> None:
    lease = Lease("c", "https://x](javascript:1) <b>", NOON + timedelta(hours=1))

    text = fleet_report(make_fleet(make_circuit(0), writer=lease), "markdown")

    assert "somebody outside of Actions" in text
    assert "javascript" not in text


def test_json_holds_every_circuit_and_its_format(
    make_fleet: MakeFleet, make_circuit: MakeCircuit
) -> None:
    fleet = make_fleet(make_circuit(0), make_circuit(1, State.DRIFTED, pinned=True))

    content = json.loads(fleet_report(fleet, "json"))

    assert content["format"] == 1
    assert content["read_at"] == "2026-03-01T12:00:00+00:00"
    assert content["counts"]["drifted"] == 1
    assert content["circuits"][1] == {
        "plant": "P0001",
        "circuit": "C002",
        "state": "drifted",
        "runs": "custom-tf-env:1.5.1",
        "wants": "1.5.1",
        "pinned": True,
        "model": "sensor:5",
        "reason": "runs custom-tf-env:1.5.1",
    }


def test_the_documents_name_every_key_and_every_state(
    checkout: Path, make_fleet: MakeFleet, make_circuit: MakeCircuit
) -> None:
    document = (checkout / "docs" / "status.md").read_text(encoding="utf-8")
    content = json.loads(fleet_report(make_fleet(make_circuit(0)), "json"))

    _, _, shape = document.partition("## JSON")
    assert re.findall(r"^\| `(\w+)` \|", shape, re.MULTILINE) == list(content)
    for state, meaning in MEANINGS.items():
        row = f"| {meaning.sign} {state} | {meaning.says} | {meaning.next or '-'} |"
        assert row in document
    assert ", ".join(f"`{key}`" for key in content["circuits"][0]) in shape

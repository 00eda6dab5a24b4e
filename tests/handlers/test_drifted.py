"""Drift told from updates to come, by a real main; no fleet makes more processes."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import pytest

from bot.core.config.circuit import CircuitId
from bot.core.production.deployment import RELEASE_TAG, LiveDeployment
from bot.handlers import past_asked
from bot.handlers.context import PLATFORM, Context
from bot.handlers.drifted import drift_of

LOOK = ["log", "ls-tree", "cat-file"]
NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
CIRCUIT = """\
plant_id: "P001"
circuit_id: "{circuit}"
training:
  cutoff_date: "2025-12-09"
  environment_version: "{version}"
"""


@dataclass
class Fleet:
    """A main whose circuits move from version to version, an hour apart."""

    context: Context
    make_live: Callable[..., LiveDeployment]
    circuits: int
    commits: list[str]

    def move(self, version: str, **files: bytes) -> None:
        """Let main ask for a version of every circuit."""
        found: dict[str, bytes] = {
            f"config/plants/P001/C{number:03}.yml": CIRCUIT.format(
                circuit=f"C{number:03}", version=version
            ).encode()
            for number in range(1, self.circuits + 1)
        }
        at = NOON + timedelta(hours=len(self.commits))
        made = self.context.repository.commit(
            (self.main,), {**found, **files}, f"Move to {version}", at=at
        )
        self.commits.append(made)

    @property
    def main(self) -> str:
        return self.commits[-1] if self.commits else self.context.rules.main

    def live(self, number: int, version: str, release: str = "") -> LiveDeployment:
        platform = self.context.rules.platform
        circuit = CircuitId("P001", f"C{number:03}")
        return replace(
            self.make_live(number),
            endpoint=platform.endpoint_name(circuit),
            deployment=platform.deployment_name(circuit),
            environment_id=platform.registry_environment_id("custom-tf-env", version),
            tags={RELEASE_TAG: release[:12]} if release else {},
        )

    def drift(self, *found: LiveDeployment) -> list[str]:
        """Return which of these circuits drifted."""
        live = {CircuitId("P001", one.deployment.rpartition("-")[2]): one for one in found}
        return [str(one) for one in drift_of(self.context.repository, self.main, live)]


@pytest.fixture
def fleet(context: Context, make_live: Callable[..., LiveDeployment]) -> Fleet:
    found = Fleet(context, make_live, 4, [])
    for version in ("1.5.0", "1.5.1", "1.5.2", "1.5.3"):
        found.move(version)
    return found


def test_missed_applies_are_told_from_what_main_never_asked(fleet: Fleet) -> None:
    first = fleet.commits[0]

    found = fleet.drift(
        fleet.live(1, "1.5.2"),
        fleet.live(2, "1.5.0", first),
        fleet.live(3, "9.9.9"),
        fleet.live(4, "1.5.0", fleet.commits[1]),
    )

    assert found == ["P001/C003", "P001/C004"]


@pytest.mark.parametrize(
    ("version", "processes"),
    [
        pytest.param("1.5.2", LOOK, id="one apply to come"),
        pytest.param("9.9.9", LOOK * 2, id="drift"),
    ],
)
def test_no_fleet_and_no_history_makes_more_processes(
    fleet: Fleet, traced: list[str], version: str, processes: list[str]
) -> None:
    fleet.circuits = 150
    for patch in range(4, 12):
        fleet.move(f"1.5.{patch}")
    fleet.move("1.5.2")
    fleet.move("2.0.0")
    fleet.drift(fleet.live(1, "2.0.0"))  # whether this is a partial clone is asked once
    traced.clear()

    fleet.drift(*(fleet.live(number, version) for number in range(1, 151)))

    assert traced == processes


def test_the_history_of_a_fleet_is_read_part_by_part(
    fleet: Fleet, traced: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(past_asked, "_AT_ONCE", 3)
    monkeypatch.setattr(past_asked, "_FURTHER_BACK_AT_ONCE", 1)

    found = fleet.drift(*(fleet.live(number, "9.9.9") for number in range(1, 5)))

    assert found == [f"P001/C{number:03}" for number in range(1, 5)]
    assert traced.count("log") == 2 + 4


def test_a_move_of_the_registry_is_an_update_to_come(fleet: Fleet) -> None:
    platform = fleet.context.repository.read(fleet.main, PLATFORM)[PLATFORM].data
    before = fleet.live(1, "1.5.3")
    moved: Mapping[str, bytes] = {PLATFORM: platform.replace(b"amlregcc01", b"amlregcc02")}

    fleet.move("1.5.3", **moved)

    assert moved[PLATFORM] != platform
    assert fleet.drift(before) == []


@pytest.mark.parametrize(
    "path", [PLATFORM, "config/plants/P001/C001.yml"], ids=["the platform", "the config"]
)
def test_a_file_that_could_not_be_read_asked_nothing(fleet: Fleet, path: str) -> None:
    good = fleet.context.repository.read(fleet.main, path)[path].data
    fleet.move("1.5.4", **{path: b"- broken\n"})
    fleet.move("1.5.4", **{path: good.replace(b"1.5.3", b"1.5.4")})

    assert fleet.drift(fleet.live(1, "1.5.3"), fleet.live(2, "9.9.9")) == ["P001/C002"]

"""Where on main a circuit's values come from, by a real git; no fleet makes more processes."""

from dataclasses import dataclass

import pytest

from bot.core.config.circuit import CircuitId
from bot.core.production.parts import Part
from bot.handlers.context import PLATFORM, POLICY, Context
from bot.handlers.last_changes import LastChange, last_changes

LOOK = ["log", "ls-tree", "cat-file"]
CIRCUIT = CircuitId("P001", "C001")
CONFIG = """\
plant_id: "P001"
circuit_id: "{circuit}"
training:
  cutoff_date: "2025-12-09"
  environment_version: "{version}"
"""


def path_of(circuit: str) -> str:
    return f"config/plants/P001/{circuit}.yml"


def config_of(version: str, model: str = "", circuit: str = "C001", note: str = "") -> bytes:
    deployment = f'deployment:\n  model_version: "{model}"\n' if model else ""
    return (note + CONFIG.format(circuit=circuit, version=version) + deployment).encode()


@dataclass
class Main:
    """A main branch that moves on commit by commit."""

    context: Context
    head: str

    def push(self, files: dict[str, bytes | None]) -> str:
        at = self.context.clock.now()
        self.head = self.context.repository.commit((self.head,), files, "Push", at=at)
        return self.head

    def set(self, version: str, model: str = "", note: str = "") -> str:
        """Let the circuit ask for a version, and for a model."""
        return self.push({path_of("C001"): config_of(version, model, note=note)})

    def last_change(self, *parts: Part) -> LastChange | None:
        return last_changes(self.context.repository, self.head, {CIRCUIT: parts}).get(CIRCUIT)


@pytest.fixture
def main(context: Context) -> Main:
    return Main(context, context.rules.main)


def test_notes_and_other_files_change_no_value(main: Main) -> None:
    pinned = main.set("1.5.0", "2")
    main.set("1.5.0", "2", note="# Note\n")
    policy = main.context.repository.read(main.head, POLICY)[POLICY].data
    main.push({POLICY: policy + b"# Note\n"})

    assert main.last_change(Part.MODEL) == LastChange(pinned, {Part.MODEL: pinned})


def test_each_value_has_a_commit_of_its_own(main: Main) -> None:
    version = main.set("1.4.9")
    model = main.set("1.4.9", "2")

    expected = LastChange(model, {Part.MODEL: model, Part.VERSION: version})
    assert main.last_change(Part.VERSION, Part.MODEL) == expected


def test_a_move_of_the_registry_is_the_newest_change_and_hides_no_version(main: Main) -> None:
    version = main.set("1.4.9")
    platform = main.context.repository.read(main.head, PLATFORM)[PLATFORM].data
    moved = main.push({PLATFORM: platform.replace(b"amlregcc01", b"amlregcc02")})

    assert main.last_change(Part.VERSION) == LastChange(moved, {Part.VERSION: version})


def test_a_platform_that_is_mended_hides_no_version(main: Main) -> None:
    version = main.set("1.4.9")
    platform = main.context.repository.read(main.head, PLATFORM)[PLATFORM].data
    main.push({PLATFORM: b"- broken\n"})
    mended = main.push({PLATFORM: platform})

    assert main.last_change(Part.VERSION) == LastChange(mended, {Part.VERSION: version})


def test_a_value_is_found_however_often_others_changed_since(main: Main) -> None:
    version = main.set("1.4.9")
    newest = [main.set("1.4.9", str(model)) for model in range(2, 8)][-1]

    expected = LastChange(newest, {Part.MODEL: newest, Part.VERSION: version})
    assert main.last_change(Part.VERSION) == expected


def test_where_nothing_is_written_the_newest_change_is_enough(main: Main) -> None:
    main.set("1.4.9")
    newest = main.set("1.4.9", "2")

    assert main.last_change() == LastChange(newest, {})


def test_a_circuit_that_main_never_had_comes_from_nowhere(main: Main) -> None:
    gone = CircuitId("P009", "C001")

    found = last_changes(main.context.repository, main.head, {gone: [Part.VERSION]})

    assert found == {}


@pytest.mark.parametrize(
    ("circuits", "part", "processes"),
    [
        pytest.param(2, Part.VERSION, LOOK, id="a few"),
        pytest.param(150, Part.VERSION, LOOK, id="a fleet"),
        pytest.param(150, Part.MODEL, LOOK * 2, id="never a model named"),
    ],
)
def test_no_fleet_and_no_history_makes_more_processes(
    main: Main, traced: list[str], circuits: int, part: Part, processes: list[str]
) -> None:
    names = [f"C{number:03}" for number in range(1, circuits + 1)]
    for version in ("1.4.7", "1.4.8", "1.4.9", "1.5.1"):
        main.push({path_of(name): config_of(version, circuit=name) for name in names})
    main.last_change()  # whether this is a partial clone is asked once
    traced.clear()

    wanted = {CircuitId("P001", name): [part] for name in names}
    found = last_changes(main.context.repository, main.head, wanted)

    assert len(found) == circuits
    assert traced == processes

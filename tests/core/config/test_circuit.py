from pathlib import Path

import pytest

from bot.core.config.circuit import CircuitConfig, CircuitId, circuit_path, read_circuit, read_fleet
from bot.core.tree import EXECUTABLE, REGULAR, SUBMODULE, SYMLINK, File
from bot.errors import InvalidFileError

PATH = "config/plants/P001/C001.yml"
TEXT = """\
plant_id: "P001"
circuit_id: "C001"
training:
  cutoff_date: "2025-12-09"
  environment_version: "1.5.0"
  hyperparameters: {sequence_length: 24, lstm_units: 128}
"""


def file(text: str = TEXT, path: str = PATH, mode: str = REGULAR) -> File:
    return File(path, mode, f"{path}-{hash(text)}", text.encode())


def refused(text: str = TEXT, path: str = PATH, mode: str = REGULAR) -> str:
    with pytest.raises(InvalidFileError) as caught:
        read_circuit(file(text, path, mode))
    return str(caught.value)


def test_production_follows_the_training_unless_it_is_pinned() -> None:
    following = read_circuit(file())
    pinned = read_circuit(file(TEXT + "deployment: {environment_version: '1.4.2'}\n"))

    assert (following.deployment_version, following.production_version) == (None, "1.5.0")
    assert (pinned.training_version, pinned.production_version) == ("1.5.0", "1.4.2")


@pytest.mark.parametrize(
    ("deployment", "model"),
    [
        pytest.param("", None, id="no section"),
        pytest.param("deployment:\n", None, id="empty section"),
        pytest.param("deployment: {compute: big}\n", None, id="other keys"),
        pytest.param('deployment: {model_version: "5"}\n', "5", id="given"),
    ],
)
def test_the_model_stays_unless_it_is_given(deployment: str, model: str | None) -> None:
    assert read_circuit(file(TEXT + deployment)).model_version == model


def test_accepts_keys_that_envbot_does_not_know() -> None:
    text = TEXT + "owner: me\ndeployment: {mini_batch_size: 5, timeout_minutes: 3}\n"

    assert read_circuit(file(text)).notes == ()


@pytest.mark.parametrize(
    ("before", "after", "place", "remedy"),
    [
        pytest.param('"1.5.0"', "1.5", ":5:24", 'such as "1.5.0"', id="float version"),
        pytest.param('"1.5.0"', '"1.5"', ":5:24", "MAJOR.MINOR.PATCH", id="two numbers"),
        pytest.param('"1.5.0"', '"01.5.0"', ":5:24", "MAJOR.MINOR.PATCH", id="leading zero"),
        pytest.param('"1.5.0"', '"1.5.0\\n"', ":5:24", "MAJOR.MINOR.PATCH", id="hidden newline"),
        pytest.param('"1.5.0"', '"١.5.0"', ":5:24", "MAJOR.MINOR.PATCH", id="other digits"),
        pytest.param('"1.5.0"', '"1.5.0-rc.1"', ":5:24", "MAJOR.MINOR.PATCH", id="candidate"),
        pytest.param('"1.5.0"', "", ":5:23", "MAJOR.MINOR.PATCH", id="empty version"),
        pytest.param('"1.5.0"', "{a: 1}", ":5:24", "MAJOR.MINOR.PATCH", id="mapping"),
        pytest.param('"2025-12-09"', '"2025-13-09"', ":4:16", "YYYY-MM-DD", id="no such date"),
        pytest.param('"2025-12-09"', '"2025-12-09T00:00"', ":4:16", "YYYY-MM-DD", id="time"),
        pytest.param('"P001"', '"P002"', ":1:11", 'Write "P001", or move', id="other plant"),
        pytest.param('"C001"', '"C002"', ":2:13", 'Write "C001", or move', id="other circuit"),
        pytest.param('"P001"', "P 1", ":1:11", "letters, digits", id="no id"),
        pytest.param("training:", "trainin:", ":1:1", "Is `trainin` meant?", id="no training"),
        pytest.param("{seq", "[{seq", ":7:1", "Mend", id="syntax"),
        pytest.param(
            "training:",
            "deployment: x\ntraining:",
            ":3:13",
            "environment_version, model_version",
            id="text for a section",
        ),
        pytest.param(
            "training:",
            "deployment: {model_version: 5}\ntraining:",
            ":3:29",
            "integer in quotes",
            id="model number",
        ),
        pytest.param(
            "training:",
            "deployment: {environment_version: ~}\ntraining:",
            ":3:35",
            "MAJOR",
            id="null pin",
        ),
    ],
)
def test_names_the_place_and_what_would_be_right(
    before: str, after: str, place: str, remedy: str
) -> None:
    message = refused(TEXT.replace(before, after, 1))

    assert message.startswith(f"{PATH}{place}: ")
    assert remedy in message


def test_names_every_wrong_value_of_a_file() -> None:
    text = TEXT.replace("P001", "P002").replace('"1.5.0"', "1.5").replace("{seq", "[1] #")

    assert [line.split(":")[1] for line in refused(text).splitlines()] == ["1", "5", "6"]


@pytest.mark.parametrize(
    "path",
    [
        "config/plants/P001/C001.yaml",
        "config/plants/P001/c/C001.yml",
        "config/plants/C001.yml",
        "config/plants/P_1/C001.yml",
        "config/plants/P001/-C.yml",
        "config/plants/P001/notes.txt",
        "config/plants/../C001.yml",
        "config/plants/P001/\u0421001.yml",
    ],
)
def test_refuses_what_is_not_the_path_of_a_circuit(path: str) -> None:
    assert "is not the path of a circuit" in refused(path=path)


@pytest.mark.parametrize(
    ("mode", "what"),
    [(SYMLINK, "symbolic link"), (SUBMODULE, "submodule"), (EXECUTABLE, "executable")],
)
def test_refuses_everything_but_regular_files(mode: str, what: str) -> None:
    assert what in refused(mode=mode)


@pytest.mark.parametrize(
    ("before", "after", "note"),
    [
        pytest.param("  cutoff", "  hyper_parameters: {}\n  cutoff", ":4:3:", id="unknown key"),
        pytest.param(TEXT[-1], "\ndeploymnt: {}\n", "Did you mean `deployment`?", id="section"),
        pytest.param('"1.5.0"', "1.5.0", "not in quotes", id="plain version"),
    ],
)
def test_notes_probable_slips(before: str, after: str, note: str) -> None:
    text = (after.join(TEXT.rsplit(before, 1))).replace("  hyperparameters", "  #", 1)

    (only,) = read_circuit(file(text)).notes

    assert note in str(only)


def test_a_known_key_that_is_there_too_is_not_the_misspelled_one() -> None:
    text = TEXT.replace("  cutoff", "  hyper_parameters: {}\n  cutoff")

    assert read_circuit(file(text)).notes == ()


def tree(*files: File) -> dict[str, File]:
    return {one.path: one for one in files}


def test_the_fleet_is_sorted_and_names_the_problems_of_all_files() -> None:
    second = TEXT.replace("C001", "C002")
    fleet = read_fleet(
        tree(
            file(second, "config/plants/P001/C002.yml"),
            file(),
            file(TEXT, "config/plants/P001/C003.yml"),
            file("a: [", "config/plants/P002/C001.yml"),
            file("", "config/plants/README.md"),
            file("", "config/plants/P003/.gitkeep"),
            file("", "config/other.yml"),
        )
    )

    assert list(fleet.circuits) == [CircuitId("P001", "C001"), CircuitId("P001", "C002")]
    assert [problem.path[-11:] for problem in fleet.problems] == [
        "P001/C003.yml"[-11:],
        "P002/C001.yml"[-11:],
    ]


def test_a_link_is_not_tolerated_under_any_name() -> None:
    fleet = read_fleet(tree(file("/etc", "config/plants/README.md", SYMLINK)))

    assert len(fleet.problems) == 1


@pytest.mark.parametrize("path", ["config", "config/plants"])
def test_refuses_a_link_in_the_place_of_a_folder(path: str) -> None:
    fleet = read_fleet(tree(file("elsewhere", path, SYMLINK)))

    assert [problem.path for problem in fleet.problems] == [path]


def test_refuses_circuits_that_differ_by_case_only() -> None:
    fleet = read_fleet(
        tree(file(), file(TEXT.replace("P001", "p001"), "config/plants/p001/C001.yml"))
    )

    assert "config/plants/P001/C001.yml only by case" in fleet.problems[0].what


def test_reads_a_blob_once_for_each_path() -> None:
    cache: dict[tuple[str, str], CircuitConfig] = {}
    first = read_fleet(tree(file()), cache)

    again = read_fleet(tree(File(PATH, REGULAR, file().oid, b"not read again")), cache)

    assert again == first


def test_an_id_leads_to_its_path_and_is_written_as_people_do() -> None:
    assert circuit_path(CircuitId("P001", "C001")) == PATH
    assert str(CircuitId("P001", "C001")) == "P001/C001"


def test_the_sample_fleet_is_valid(checkout: Path) -> None:
    paths = sorted((checkout / "config" / "plants").rglob("*.yml"))
    files = [path.relative_to(checkout).as_posix() for path in paths]

    fleet = read_fleet(
        {
            name: File(name, REGULAR, name, path.read_bytes())
            for name, path in zip(files, paths, strict=True)
        }
    )

    assert (len(fleet.circuits), fleet.problems, fleet.notes) == (200, (), ())
    assert len({circuit.plant for circuit in fleet.circuits}) == 24
    assert {circuit.production_version for circuit in fleet.circuits.values()} == {"1.5.0"}

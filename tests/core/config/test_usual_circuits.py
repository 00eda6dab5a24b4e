"""A circuit of the usual form is read line by line, and comes out as from the restricted reader."""

import random
from collections.abc import Mapping

import pytest

from bot.core.config import circuit as circuits
from bot.core.config.circuit import CircuitConfig, CircuitId, read_circuit
from bot.core.config.version_edit import move_versions
from bot.core.problem import Problem
from bot.core.tree import REGULAR, File
from bot.core.yaml.edit import insert_scalar, set_scalar
from bot.core.yaml.lines import read_lines
from bot.errors import InvalidFileError

ID = CircuitId("P001", "C001")
PATH = "config/plants/P001/C001.yml"
TRAINING, PIN = ("training", "environment_version"), ("deployment", "environment_version")
USUAL = """\
plant_id: "P001"
circuit_id: "C001"

training:
  cutoff_date: "2025-12-09"  # é
  environment_version: "1.5.0"
  hyperparameters: {sequence_length: 24, rate: 1.0e-3}
deployment:
  model_version: "5"
  environment_version: '1.4.0'
owner: me
"""


def file(text: str) -> File:
    return File(PATH, REGULAR, "x", text.encode())


def outcome(one: File, *, fully: bool) -> CircuitConfig | tuple[Problem, ...]:
    try:
        return circuits._read_any(one, ID) if fully else read_circuit(one)
    except InvalidFileError as error:
        return error.problems


def moved_fully(one: File) -> bytes:
    data = set_scalar(one.data, TRAINING, "2.0.0", path=one.path)
    return insert_scalar(data, PIN, "1.5.0", path=one.path)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param("", "", id="as it is"),
        pytest.param("P001", "P002", id="another plant"),
        pytest.param('"C001"', "{}", id="mapping as the id"),
        pytest.param('"P001"', '"P 001"', id="id that is none"),
        pytest.param('"1.5.0"', "1.5.0", id="version without quotes"),
        pytest.param("'1.4.0'", "1.4.0", id="pin without quotes"),
        pytest.param('"1.5.0"', "1.5", id="version that is a number"),
        pytest.param('"1.5.0"', '"1.5"', id="version that is none"),
        pytest.param('"1.5.0"', "", id="empty version"),
        pytest.param('"5"', "5", id="model version that is a number"),
        pytest.param("2025-12-09", "2025-13-09", id="date that is none"),
        pytest.param("{sequence_length: 24, rate: 1.0e-3}", "[1]", id="list of hyperparameters"),
        pytest.param("owner", "deploymemt", id="known key at hand"),
        pytest.param("owner", "trainings", id="near a key that is there"),
        pytest.param("  model_version", "  modelversion", id="misspelt key"),
        pytest.param("cutoff_date", "cutof_date", id="misspelt date"),
        pytest.param("training:\n", "", id="no section"),
        pytest.param("deployment:\n", "", id="keys in the section before"),
        pytest.param("training:\n", "training: {environment_version: 1.5.0}\nx:\n", id="flow"),
        pytest.param(
            "owner", "\n".join(f"k{n}: 1" for n in range(30)) + "\nenvironment", id="many keys"
        ),
    ],
)
def test_reads_what_the_reader_reads(before: str, after: str) -> None:
    one = file(USUAL.replace(before, after, 1))

    assert outcome(one, fully=False) == outcome(one, fully=True)


@pytest.mark.parametrize(
    ("key", "notes"),
    [pytest.param("owner", 0, id="free"), pytest.param("deploymemt", 1, id="misspelt")],
)
def test_a_misspelling_is_noted_in_a_file_of_the_usual_form(key: str, notes: int) -> None:
    text = USUAL.replace("deployment:", f"{key}:").replace("owner: me\n", "")

    assert read_lines(text.encode())
    assert len(read_circuit(file(text)).notes) == notes


PIECES = (
    *("P001", "C001", "P002", '"', "'", "1.5", "1.5.0", "  ", "\n", ": ", "{", "}", "~", "#"),
    *("deploymemt", "environment_versoin: 1.5.0", "cutoff_date: x", "plant_id: x", "\r\n", "-"),
    *("deployment: {environment_version: 1.5.0}\n", "training:\n", "null", "[]", "x: y\n", "é"),
)


def test_ten_thousand_changed_circuits_are_read_the_same() -> None:
    random_ = random.Random(8)
    seen: dict[type, int] = {}
    lines = 0

    for _ in range(10_000):
        text = USUAL.replace("\n", random_.choice(("\n", "\n", "\r\n")))
        for _ in range(random_.choice((1, 1, 2))):
            at = random_.randrange(len(text) + 1)
            text = text[:at] + random_.choice(PIECES) + text[at + random_.choice((0, 1, 4, 9)) :]
        if not read_lines(text.encode()):
            continue
        lines += 1
        found = outcome(file(text), fully=False)
        seen[type(found)] = seen.get(type(found), 0) + 1
        assert found == outcome(file(text), fully=True), text

    assert lines > 2000
    assert min(seen.values()) > 500


@pytest.mark.parametrize(
    "deployment",
    [
        pytest.param("", id="no section"),
        pytest.param("deployment: {model_version: '5'}\n", id="flow"),
        pytest.param("deployment:\n    model_version: '5'\n", id="block"),
        pytest.param("deployment: ~\n", id="null"),
    ],
)
@pytest.mark.parametrize("rest", ["", "x: [[]]\n"], ids=["usual", "unusual"])
def test_versions_are_moved_and_added_in_the_same_way(deployment: str, rest: str) -> None:
    one = file(USUAL.partition("deployment:")[0] + deployment + rest)

    data = move_versions(one, moved={TRAINING: "2.0.0"}, added={PIN: "1.5.0"})

    assert data == moved_fully(one)


@pytest.mark.parametrize(
    "values", [pytest.param({TRAINING: "1.5.0", PIN: "1.4.0"}, id="both"), pytest.param({}, id="-")]
)
def test_versions_that_are_there_already_leave_the_file_as_it_is(
    values: Mapping[tuple[str, str], str],
) -> None:
    one = file(USUAL)

    assert move_versions(one, moved=values, added={}) == one.data

import random
from collections.abc import Mapping
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.config.bump import Bump, make_bump
from bot.core.config.circuit import CircuitId, read_fleet
from bot.core.config.selector import parse
from bot.core.config.version_edit import declare
from bot.core.tree import REGULAR, File
from bot.errors import InvalidFileError, UserError

Versions = Mapping[str, tuple[str, str | None]]


def file(name: str, training: str, pin: str | None = None) -> File:
    plant, circuit = name.split("/")
    text = f'plant_id: "{plant}"\ncircuit_id: {circuit}\n'
    text += f'training:\n  environment_version: "{training}"\n'
    if pin:
        text += f"deployment: {{environment_version: '{pin}', model_version: '3'}}\n"
    path = f"config/plants/{name}.yml"
    return File(path, REGULAR, f"{name}{training}{pin}", text.encode())


def tree(versions: Versions) -> dict[str, File]:
    files = (file(name, *both) for name, both in versions.items())
    return {one.path: one for one in files}


def bump(versions: Versions, to: str, from_version: str | None = None, only: str = "") -> Bump:
    selector = parse(only) if only else None
    return make_bump(tree(versions), to=to, from_version=from_version, selector=selector)


def after(versions: Versions, bumped: Bump) -> dict[str, tuple[str, str | None]]:
    """Return the versions that reading the bumped tree gives."""
    edited = dict(tree(versions))
    for path, data in bumped.files.items():
        edited[path] = File(path, REGULAR, "new", data)
    fleet = read_fleet(edited)
    assert fleet.problems == ()
    return {
        str(one.id): (one.training_version, one.deployment_version)
        for one in fleet.circuits.values()
    }


MIXED: Versions = {
    "P001/C001": ("1.5.0", None),
    "P001/C002": ("1.5.0", "1.5.0"),
    "P001/C003": ("1.5.0", "1.4.0"),
    "P001/C004": ("1.4.0", None),
    "P001/C005": ("2.0.0", "1.5.0"),
    "P001/C006": ("2.0.0", None),
    "P001/C007": ("1.5.1", None),
}


def test_inside_a_major_moves_every_field_that_has_the_version() -> None:
    bumped = bump(MIXED, "1.5.1", "1.5.0")

    assert after(MIXED, bumped) == {
        "P001/C001": ("1.5.1", None),
        "P001/C002": ("1.5.1", "1.5.1"),
        "P001/C003": ("1.5.1", "1.4.0"),
        "P001/C004": ("1.4.0", None),
        "P001/C005": ("2.0.0", "1.5.1"),
        "P001/C006": ("2.0.0", None),
        "P001/C007": ("1.5.1", None),
    }
    assert [(outlier.circuit.circuit, outlier.version) for outlier in bumped.outliers] == [
        ("C003", "1.4.0"),
        ("C004", "1.4.0"),
    ]
    assert bumped.untouched == 2


def test_without_a_version_moves_everything_of_the_major() -> None:
    bumped = bump(MIXED, "1.6.0")

    assert after(MIXED, bumped) == {
        "P001/C001": ("1.6.0", None),
        "P001/C002": ("1.6.0", "1.6.0"),
        "P001/C003": ("1.6.0", "1.6.0"),
        "P001/C004": ("1.6.0", None),
        "P001/C005": ("2.0.0", "1.6.0"),
        "P001/C006": ("2.0.0", None),
        "P001/C007": ("1.6.0", None),
    }
    assert bumped.outliers == ()


def test_across_a_major_moves_the_training_and_pins_production() -> None:
    bumped = bump(MIXED, "2.0.0", "1.5.0")

    assert after(MIXED, bumped) == {
        "P001/C001": ("2.0.0", "1.5.0"),
        "P001/C002": ("2.0.0", "1.5.0"),
        "P001/C003": ("2.0.0", "1.4.0"),
        "P001/C004": ("1.4.0", None),
        "P001/C005": ("2.0.0", "1.5.0"),
        "P001/C006": ("2.0.0", None),
        "P001/C007": ("1.5.1", None),
    }
    assert [outlier.version for outlier in bumped.outliers] == ["1.4.0", "1.5.1"]


def test_without_a_version_crosses_from_the_major_below_with_each_circuits_own_pin() -> None:
    versions: Versions = {
        "P001/C001": ("1.5.0", None),
        "P001/C002": ("1.4.0", None),
        "P001/C003": ("0.9.0", None),
    }

    assert after(versions, bump(versions, "2.0.0")) == {
        "P001/C001": ("2.0.0", "1.5.0"),
        "P001/C002": ("2.0.0", "1.4.0"),
        "P001/C003": ("0.9.0", None),
    }


def test_without_a_version_stays_inside_a_major_that_is_in_use() -> None:
    assert after(MIXED, bump(MIXED, "2.0.1"))["P001/C001"] == ("1.5.0", None)


def test_never_goes_down_to_a_major_that_is_not_asked_for() -> None:
    assert bump({"P001/C001": ("2.0.0", None)}, "1.5.0").files == {}


@pytest.mark.parametrize(
    ("to", "from_version"),
    [("1.5.1", "1.5.0"), ("1.5.1", None), ("2.0.0", "1.5.0"), ("3.0.0", None)],
)
def test_repeating_a_bump_changes_nothing(to: str, from_version: str | None) -> None:
    bumped = bump(MIXED, to, from_version)
    once = after(MIXED, bumped)

    assert bumped.files
    assert bump(once, to, from_version).files == {}


def test_edits_only_what_is_selected() -> None:
    bumped = bump(MIXED, "1.5.1", "1.4.0", "P001/C004,P001/C005")

    assert [str(edit.circuit) for edit in bumped.changed] == ["P001/C004"]
    assert [outlier.version for outlier in bumped.outliers] == ["1.5.0"]


def test_refuses_a_selector_that_means_nothing() -> None:
    with pytest.raises(UserError) as caught:
        bump(MIXED, "1.5.1", None, "P001/C001,P009/*")

    assert caught.value.refusal.code == "SELECTOR_EMPTY"
    assert "`P009/*`" in caught.value.refusal.headline


@pytest.mark.parametrize(
    ("to", "from_version"),
    [("1.5", None), ("v1.5.1", None), ("1.5.1-rc.g12345678", None), ("1.5.1", "latest")],
)
def test_refuses_what_is_not_a_released_version(to: str, from_version: str | None) -> None:
    with pytest.raises(UserError) as caught:
        bump(MIXED, to, from_version)

    assert caught.value.refusal.code == "VERSION_INVALID"


def test_one_unusable_file_stops_the_whole_bump() -> None:
    files = tree(MIXED)
    files["config/plants/P002/C001.yml"] = File(
        "config/plants/P002/C001.yml", REGULAR, "x", b"a: 1\na: 2\n"
    )

    with pytest.raises(InvalidFileError, match=r"P002/C001\.yml:2:1"):
        make_bump(files, to="1.5.1", from_version="1.5.0", selector=parse("P001/C001"))


def test_names_every_file_that_cannot_be_edited() -> None:
    folded = "  environment_version: >-\n    1.5.0\n"
    files = {
        path: File(
            path,
            one.mode,
            one.oid,
            one.data.replace(b'  environment_version: "1.5.0"\n', folded.encode()),
        )
        for path, one in tree({"P001/C001": ("1.5.0", None), "P001/C002": ("1.5.0", None)}).items()
    }

    with pytest.raises(InvalidFileError) as caught:
        make_bump(files, to="1.5.1", from_version=None, selector=None)

    assert [problem.place for problem in caught.value.problems] == [
        f"{path}:4:24" for path in files
    ]


def test_sums_up_what_it_does() -> None:
    summary = bump(MIXED, "1.5.1", "1.5.0").summary

    assert summary.circuits == 4
    assert [tuple(edit) for edit in summary.edits] == [
        ("training.environment_version", "1.5.0", "1.5.1", 3),
        ("deployment.environment_version", "1.5.0", "1.5.1", 2),
    ]
    assert summary.outliers == {"1.4.0": (CircuitId("P001", "C003"), CircuitId("P001", "C004"))}


VERSION = st.sampled_from(["0.9.0", "1.4.0", "1.5.0", "1.5.1", "2.0.0", "2.1.0"])
FLEETS = st.dictionaries(
    st.sampled_from([f"P00{plant}/C00{circuit}" for plant in "12" for circuit in "123"]),
    st.tuples(VERSION, st.none() | VERSION),
    min_size=1,
)


@given(FLEETS, VERSION, st.none() | VERSION)
def test_changes_exactly_what_it_says(
    versions: Versions, to: str, from_version: str | None
) -> None:
    bumped = bump(versions, to, from_version)

    expected = {name: list(both) for name, both in versions.items()}
    for edit in bumped.changed:
        index = ["training.environment_version", "deployment.environment_version"].index(edit.field)
        assert expected[str(edit.circuit)][index] == edit.before
        expected[str(edit.circuit)][index] = edit.after
    assert after(versions, bumped) == {name: tuple(both) for name, both in expected.items()}
    assert set(bumped.files) == {f"config/plants/{edit.circuit}.yml" for edit in bumped.changed}


@given(FLEETS, VERSION, st.none() | VERSION)
def test_across_a_major_production_never_moves(
    versions: Versions, to: str, from_version: str | None
) -> None:
    bumped = bump(versions, to, from_version)

    for name, (training, pin) in after(versions, bumped).items():
        before = versions[name][1] or versions[name][0]
        if before[0] != to[0]:
            assert (pin or training) == before


def test_one_line_of_each_sample_circuit_changes(checkout: Path) -> None:
    paths = sorted((checkout / "config" / "plants").rglob("*.yml"))
    random.Random(3).shuffle(paths)
    files = {
        name: File(name, REGULAR, name, path.read_bytes())
        for path in paths
        if (name := path.relative_to(checkout).as_posix())
    }

    bumped = make_bump(files, to="1.5.1", from_version="1.5.0", selector=None)

    assert len(bumped.files) == 200
    for path, data in bumped.files.items():
        assert data.count(b"1.5.1") == 1
        assert data.replace(b"1.5.1", b"1.5.0") == files[path].data


ENVIRONMENT = """\
name: custom-tf-env
version: "1.5.0"  # ours
tags:
  backward_compatible: "true"
  requires_retrain: false
"""


def test_declares_what_a_version_means() -> None:
    environment = File("environment/environment.yml", REGULAR, "x", ENVIRONMENT.encode())

    data = declare(environment, version="2.0.0", backward_compatible=False, requires_retrain=True)

    assert data.decode() == ENVIRONMENT.replace("1.5.0", "2.0.0").replace(
        'compatible: "true"', 'compatible: "false"'
    ).replace("retrain: false", 'retrain: "true"')


def test_adds_the_tags_that_are_missing() -> None:
    environment = File("environment/environment.yml", REGULAR, "x", b"version: '1.5.0'\n")

    data = declare(environment, version="1.5.1", backward_compatible=True, requires_retrain=False)

    assert data == (
        b"version: '1.5.1'\ntags:\n  requires_retrain: 'false'\n  backward_compatible: 'true'\n"
    )

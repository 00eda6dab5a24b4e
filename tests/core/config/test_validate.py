import re
from pathlib import Path

import pytest

from bot.core.config.validate import validate
from bot.core.tree import REGULAR, SYMLINK, File


@pytest.fixture
def tree(checkout: Path) -> dict[str, File]:
    paths = [path for path in (checkout / "config").rglob("*") if path.is_file()]
    names = [path.relative_to(checkout).as_posix() for path in paths]
    return {
        name: File(name, REGULAR, name, path.read_bytes())
        for name, path in zip(names, paths, strict=True)
    }


def replaced(tree: dict[str, File], path: str, data: bytes, mode: str = REGULAR) -> dict[str, File]:
    return {**tree, path: File(path, mode, "new", data)}


def test_the_sample_configuration_is_valid(tree: dict[str, File]) -> None:
    validation = validate(tree)

    assert (validation.problems, validation.notes) == ((), ())
    assert validation.is_valid


def test_gathers_the_problems_of_all_files_in_order(tree: dict[str, File]) -> None:
    for path in ("config/policy.yml", "config/plants/P002/C001.yml", "config/platform.yml"):
        tree = replaced(tree, path, b"a: 1\na: 2\n")

    problems = validate(tree).problems

    assert [problem.path for problem in problems] == [
        "config/plants/P002/C001.yml",
        "config/platform.yml",
        "config/policy.yml",
    ]


def test_a_slip_is_a_note_and_no_problem(tree: dict[str, File]) -> None:
    path = "config/plants/P001/C001.yml"
    data = tree[path].data + b"deploymentt: {}\n"

    validation = validate(replaced(tree, path, data))

    assert validation.is_valid
    assert [note.path for note in validation.notes] == [path]


def test_an_absent_file_is_a_note(tree: dict[str, File]) -> None:
    del tree["config/policy.yml"]

    validation = validate(tree)

    assert validation.is_valid
    assert [note.path for note in validation.notes] == ["config/policy.yml"]


@pytest.mark.parametrize(
    ("policy", "gates"),
    [
        pytest.param(b"production: run}", ["production"], id="production"),
        pytest.param(b"production: claimed}", [], id="none"),
    ],
)
def test_a_gate_that_nothing_can_open_is_a_note(
    tree: dict[str, File], policy: bytes, gates: list[str]
) -> None:
    told = tree["config/policy.yml"].data.replace(b"production: run}", policy)
    without = re.sub(rb"(?m)^dev:\n(  .*\n)+", b"", tree["config/platform.yml"].data)
    tree = replaced(tree, "config/policy.yml", told)
    tree = replaced(tree, "config/platform.yml", without)

    validation = validate(tree)

    assert validation.is_valid
    expected = [f"names no `dev.compute`, so the gate {name} stays closed" for name in gates]
    assert [note.what for note in validation.notes] == expected


def test_does_not_follow_a_link(tree: dict[str, File]) -> None:
    linked = replaced(tree, "config/policy.yml", b"/etc/passwd", SYMLINK)

    assert [problem.what for problem in validate(linked).problems] == ["is not a regular file"]


@pytest.mark.parametrize(
    ("strategy", "problems"),
    [
        pytest.param(b"recreate", 1, id="made anew"),
        pytest.param(b"reference", 0, id="referred to"),
    ],
)
def test_files_must_be_pinned_where_an_environment_is_made_anew(
    tree: dict[str, File], strategy: bytes, problems: int
) -> None:
    path = "config/platform.yml"
    written = tree[path].data.replace(
        b"registry_to_test: reference", b"registry_to_test: " + strategy
    )
    tree = replaced(tree, path, written)
    tree = replaced(tree, "environment/conda.yml", b"dependencies:\n  - numpy\n")

    found = validate(tree).problems

    assert [str(problem) for problem in found] == [
        "environment/conda.yml:2: `numpy` is asked for as any version. Pin it: `numpy=<version>`."
    ][:problems]


@pytest.mark.parametrize(
    ("data", "what"),
    [
        pytest.param(b"name: tf\nversion: 2\nimage: a:1\n", "`version` is missing or", id="number"),
        pytest.param(b"name: [tf\n", "is not valid YAML", id="syntax"),
    ],
)
def test_an_environment_that_cannot_be_registered_is_a_problem(
    tree: dict[str, File], data: bytes, what: str
) -> None:
    problems = validate(replaced(tree, "environment/environment.yml", data)).problems

    assert [problem.path for problem in problems] == ["environment/environment.yml"]
    assert what in str(problems[0])


def test_an_environment_that_says_nothing_of_itself_is_a_note(tree: dict[str, File]) -> None:
    validation = validate(replaced(tree, "environment/Dockerfile", b"FROM a:1\n"))

    assert validation.is_valid
    assert [note.path for note in validation.notes] == ["environment/environment.yml"]

"""`envbot bump`: one line a file, and nothing else."""

import stat
from collections.abc import Callable
from difflib import ndiff
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.cli.conftest import Circuit, Envbot

FIRST = "config/plants/P001/C001.yml"


def texts(root: Path) -> dict[str, str]:
    files = sorted((root / "config" / "plants").rglob("*.yml"))
    return {path.relative_to(root).as_posix(): path.read_text() for path in files}


def differences(before: str, after: str) -> list[str]:
    lines = ndiff(before.splitlines(), after.splitlines())
    return [line for line in lines if line.startswith(("+ ", "- "))]


def test_one_line_a_file_changes(envbot: "Envbot", project: Path) -> None:
    before = texts(project)

    ended = envbot("bump", "--to", "1.5.1", "--root", project)

    assert ended.code == 0
    assert "3 files" in ended.out
    after = texts(project)
    for path, text in before.items():
        assert differences(text, after[path]) == [
            '-   environment_version: "1.5.0"  # as released',
            '+   environment_version: "1.5.1"  # as released',
        ]


def test_nothing_beside_the_configs_is_touched(envbot: "Envbot", repository: Path) -> None:
    envbot("bump", "--to", "1.5.1")

    names = {path.name for path in repository.iterdir()}
    assert names == {".git", "config", "environment"}


def test_a_dry_run_says_the_same_and_changes_nothing(envbot: "Envbot", project: Path) -> None:
    before = texts(project)

    ended = envbot("bump", "--to", "1.5.1", "--dry-run")

    assert ended.code == 0
    assert "3 files" in ended.out
    assert texts(project) == before


def test_a_second_bump_finds_nothing_to_do(envbot: "Envbot", project: Path) -> None:
    envbot("bump", "--to", "1.5.1")
    before = texts(project)

    ended = envbot("bump", "--to", "1.5.1")

    assert ended.code == 0
    assert "0 files" in ended.out
    assert texts(project) == before


def test_both_fields_move_within_a_major(
    envbot: "Envbot", project: Path, circuit: "Circuit"
) -> None:
    (project / FIRST).write_text(circuit("P001", "C001", "1.5.0", pin="1.5.0"))

    envbot("bump", "--to", "1.6.0")

    assert texts(project)[FIRST] == circuit("P001", "C001", "1.6.0", pin="1.6.0")


def test_only_the_version_asked_for_moves_and_outliers_are_named(
    envbot: "Envbot", project: Path, circuit: "Circuit"
) -> None:
    (project / FIRST).write_text(circuit("P001", "C001", "1.4.2"))

    ended = envbot("bump", "--from", "1.5.0", "--to", "1.5.1")

    assert texts(project)[FIRST] == circuit("P001", "C001", "1.4.2")
    assert "2 files" in ended.out
    assert "1.4.2" in ended.out
    assert "P001/C001" in ended.out


def test_without_a_version_to_leave_outliers_move_too(
    envbot: "Envbot", project: Path, circuit: "Circuit"
) -> None:
    (project / FIRST).write_text(circuit("P001", "C001", "1.4.2"))

    envbot("bump", "--to", "1.5.1")

    assert texts(project)[FIRST] == circuit("P001", "C001", "1.5.1")


@pytest.mark.parametrize(
    ("selector", "moved"),
    [
        pytest.param("P001/C001", {FIRST}, id="circuit"),
        pytest.param("P001/*", {FIRST, "config/plants/P001/C002.yml"}, id="all of a plant"),
        pytest.param("plant:P002", {"config/plants/P002/C001.yml"}, id="plant"),
    ],
)
def test_only_the_circuits_asked_for_move(
    envbot: "Envbot", project: Path, selector: str, moved: set[str]
) -> None:
    envbot("bump", "--to", "1.5.1", "--circuits", selector)

    assert {path for path, text in texts(project).items() if "1.5.1" in text} == moved


def test_across_a_major_production_is_pinned_to_what_it_runs(
    envbot: "Envbot", project: Path, circuit: "Circuit"
) -> None:
    before = texts(project)[FIRST]

    ended = envbot("bump", "--to", "2.0.0")

    assert ended.code == 0
    after = texts(project)[FIRST]
    assert differences(before, after) == [
        '-   environment_version: "1.5.0"  # as released',
        '+   environment_version: "2.0.0"  # as released',
        '+   environment_version: "1.5.0"',
    ]
    assert after.index("deployment:") < after.index('environment_version: "1.5.0"')
    assert circuit("P001", "C001", "2.0.0", pin="1.5.0") == after


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(lambda data: data.replace(b"\n", b"\r\n"), id="crlf"),
        pytest.param(lambda data: b"\xef\xbb\xbf" + data, id="bom"),
        pytest.param(lambda data: data.rstrip(b"\n"), id="no final newline"),
        pytest.param(lambda data: data.replace(b'"', b"'"), id="single quotes"),
    ],
)
def test_the_bytes_around_the_version_survive(
    envbot: "Envbot", project: Path, change: Callable[[bytes], bytes]
) -> None:
    file = project / FIRST
    file.write_bytes(change(file.read_bytes()))
    before = file.read_bytes()

    envbot("bump", "--to", "1.5.1")

    assert file.read_bytes() == before.replace(b"1.5.0", b"1.5.1")


@pytest.mark.parametrize("mode", [0o600, 0o640, 0o664], ids=oct)
def test_the_mode_of_a_file_survives(envbot: "Envbot", project: Path, mode: int) -> None:
    file = project / FIRST
    file.chmod(mode)

    envbot("bump", "--to", "1.5.1")

    assert stat.S_IMODE(file.stat().st_mode) == mode
    assert "1.5.1" in file.read_text()


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        pytest.param(("--to", "newest"), "VERSION_INVALID", id="no version"),
        pytest.param(("--to", "1.5.1-rc.g0a1b2c3d"), "VERSION_INVALID", id="candidate"),
        pytest.param(("--to", "1.5.1", "--circuits", "P009/*"), "SELECTOR_EMPTY", id="nobody"),
        pytest.param(("--to", "1.5.1", "--circuits", "all"), "SELECTOR_INVALID", id="no selector"),
    ],
)
def test_what_cannot_be_meant_is_refused(
    envbot: "Envbot", project: Path, arguments: tuple[str, ...], code: str
) -> None:
    before = texts(project)

    ended = envbot("bump", *arguments)

    assert ended.code == 100
    assert code in ended.err
    assert texts(project) == before

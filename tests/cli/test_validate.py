"""Bad input: `envbot validate` names file, line and fault; `envbot bump` then edits nothing."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.cli.conftest import Envbot

CONFIG = "config/plants/P001/C001.yml"
Spoil = Callable[[Path], None]


def replace(before: str, after: str) -> Spoil:
    def spoil(path: Path) -> None:
        text = path.read_text()
        assert before in text
        path.write_text(text.replace(before, after))

    return spoil


def append(text: str) -> Spoil:
    def spoil(path: Path) -> None:
        path.write_text(path.read_text() + text)

    return spoil


def write(data: bytes) -> Spoil:
    def spoil(path: Path) -> None:
        path.write_bytes(data)

    return spoil


def link(path: Path) -> None:
    path.unlink()
    path.symlink_to("C002.yml")


BAD = [
    pytest.param(append('plant_id: "P001"\n'), ":9:", "plant_id", id="duplicate key"),
    pytest.param(replace('"2025-12-09"', '&when "2025-12-09"'), ":4:", "anchor", id="anchor"),
    pytest.param(replace('model_version: "5"', "model_version: *when"), ":8:", "alias", id="alias"),
    pytest.param(replace('"1.5.0"', "1.5"), ":5:", "environment_version", id="float version"),
    pytest.param(replace('"1.5.0"', '"1.5"'), ":5:", "1.5", id="two-part version"),
    pytest.param(replace('plant_id: "P001"', 'plant_id: "P002"'), ":1:", "P002", id="other plant"),
    pytest.param(replace('"C001"', '"C002"'), ":2:", "C002", id="other circuit"),
    pytest.param(link, "", "symbolic link", id="symlink"),
    pytest.param(write(b'plant_id: "P001"\n# \xff\n'), ":2:", "UTF-8", id="not utf-8"),
    pytest.param(write(b"a: 1\n---\nb: 2\n"), ":2:", "document", id="two documents"),
    pytest.param(write(b""), "", "", id="empty"),
    pytest.param(write(b'plant_id: "P001\n'), ":", "", id="no YAML"),
    pytest.param(write(b"plant_id: !!python/name:os.system x\n"), ":1:", "tag", id="tag"),
]


def contents(root: Path) -> dict[Path, bytes]:
    return {path: path.read_bytes() for path in root.rglob("*") if path.is_file()}


def test_good_files_pass(envbot: "Envbot", project: Path) -> None:
    ended = envbot("validate", "--root", project)

    assert (ended.code, ended.out) == (0, "")
    assert "0 problems" in ended.err


@pytest.mark.parametrize(("spoil", "line", "named"), BAD)
def test_a_bad_config_is_named_with_its_line(
    envbot: "Envbot", project: Path, spoil: Spoil, line: str, named: str
) -> None:
    spoil(project / CONFIG)

    ended = envbot("validate", "--root", project)

    assert ended.code == 100
    assert ended.out.startswith(CONFIG + line), ended.out
    assert named in ended.out
    assert all(text.startswith(CONFIG) for text in ended.out.splitlines())


@pytest.mark.parametrize(("spoil", "line", "named"), BAD)
def test_a_bulk_edit_refuses_as_a_whole(
    envbot: "Envbot", project: Path, spoil: Spoil, line: str, named: str
) -> None:
    spoil(project / CONFIG)
    before = contents(project)

    ended = envbot("bump", "--to", "1.5.1", "--root", project)

    assert (ended.code, ended.out) == (100, "")
    assert CONFIG + line in ended.err
    assert named in ended.err
    assert contents(project) == before


def test_every_problem_of_every_file_is_listed(envbot: "Envbot", project: Path) -> None:
    replace('"1.5.0"', "1.5")(project / CONFIG)
    replace('plant_id: "P002"', 'plant_id: "P003"')(project / "config/plants/P002/C001.yml")
    (project / "config/policy.yml").write_text("groups: nobody\n")

    ended = envbot("validate")

    assert ended.code == 100
    named = {line.split(":")[0] for line in ended.out.splitlines()}
    assert named == {CONFIG, "config/plants/P002/C001.yml", "config/policy.yml"}


def test_a_misspelt_key_is_a_note_and_passes(envbot: "Envbot", project: Path) -> None:
    replace("hyperparameters:", "hyperparametres:")(project / CONFIG)

    ended = envbot("validate")

    assert ended.code == 0
    assert ended.out.startswith(f"note: {CONFIG}:6:")


@pytest.mark.parametrize("arguments", [("validate",), ("bump", "--to", "1.5.1")], ids=" ".join)
@pytest.mark.parametrize("root", ["nowhere", "empty"])
def test_a_root_without_configs_is_named_and_does_not_pass(
    envbot: "Envbot", tmp_path: Path, arguments: tuple[str, ...], root: str
) -> None:
    (tmp_path / "empty").mkdir()

    ended = envbot(*arguments, "--root", tmp_path / root)

    assert ended.code == 1
    assert ended.out == ""
    assert root in ended.err
    assert "Traceback" not in ended.err

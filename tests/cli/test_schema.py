"""`envbot schema`: the JSON Schemas, for editors and for other tools."""

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from bot.core.config.schema import FILES, schema_text

if TYPE_CHECKING:
    from tests.cli.conftest import Envbot


def test_without_a_name_it_lists_which_file_each_is_for(envbot: "Envbot") -> None:
    ended = envbot("schema")

    assert ended.code == 0
    assert [tuple(line.split()) for line in ended.out.splitlines()] == list(FILES.items())


@pytest.mark.parametrize("name", FILES)
def test_a_schema_is_printed(envbot: "Envbot", name: str) -> None:
    ended = envbot("schema", name)

    assert ended.code == 0
    assert ended.out == schema_text(name)


def test_all_of_them_go_to_a_folder_that_is_made(envbot: "Envbot", tmp_path: Path) -> None:
    folder = tmp_path / "new" / "schemas"

    ended = envbot("schema", "--output", folder)

    assert (ended.code, ended.out) == (0, "")
    found = {path.stem: path.read_text() for path in folder.iterdir()}
    assert found == {name: schema_text(name) for name in FILES}


def test_one_of_them_goes_to_a_folder_alone(envbot: "Envbot", tmp_path: Path) -> None:
    envbot("schema", "policy", "--output", tmp_path)

    assert [path.name for path in tmp_path.iterdir()] == ["policy.json"]


def test_a_folder_that_cannot_be_made_is_one_sentence(envbot: "Envbot", tmp_path: Path) -> None:
    (tmp_path / "file").touch()

    ended = envbot("schema", "--output", tmp_path / "file" / "schemas")

    assert ended.code == 1
    assert "cannot be written" in ended.err


def test_an_unknown_name_is_a_wrong_command_line(envbot: "Envbot") -> None:
    ended = envbot("schema", "circuits")

    assert ended.code == 2
    assert "circuit, platform, policy, template" in ended.err

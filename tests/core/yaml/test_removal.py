"""What was inserted comes out again, byte for byte."""

import pytest

from bot.core.yaml.edit import insert_scalar
from bot.core.yaml.reader import read
from bot.core.yaml.removal import remove_scalar

PIN = ("deployment", "environment_version")
HEAD = 'plant_id: "é"\ntraining:\n    environment_version: "1.5.0"\ncircuit_id: "C001"\n'


def removed(data: bytes, *, whole_section: bool) -> bytes | None:
    return remove_scalar(data, PIN, path="a.yml", whole_section=whole_section)


@pytest.mark.parametrize("newline", ["\n", "\r\n"], ids=["LF", "CRLF"])
@pytest.mark.parametrize("mark", ["", "\ufeff"], ids=["no mark", "mark"])
@pytest.mark.parametrize(
    "tail",
    [
        pytest.param("", id="no section"),
        pytest.param("# end", id="no final newline"),
        pytest.param("...\n", id="document end"),
        pytest.param("deployment: # why\n    # which\n    model_version: '5'\n", id="block"),
        pytest.param("deployment:\n  model_version: '5'", id="own indentation"),
        pytest.param("deployment: { model_version: '5' } # x\n", id="flow"),
        pytest.param("deployment: {}", id="empty flow"),
        pytest.param("deployment: {\n  # why\n  model_version: '5'}\n", id="flow over lines"),
        pytest.param("deployment: # none\nz: 1\n", id="empty"),
        pytest.param("deployment:", id="empty at the end"),
    ],
)
def test_an_inserted_key_comes_out_again(tail: str, mark: str, newline: str) -> None:
    before = (mark + HEAD + tail).replace("\n", newline).encode()
    after = insert_scalar(before, PIN, "1.5.0", path="a.yml")
    had_section = PIN[:1] in read(before, "a.yml").nodes

    assert removed(after, whole_section=not had_section) == before


@pytest.mark.parametrize("text", ["{a: 'b'}", "{}"])
def test_a_section_comes_out_of_a_flow_mapping(text: str) -> None:
    after = insert_scalar(text.encode(), PIN, "1.5.0", path="a.yml")

    assert removed(after, whole_section=True) == text.encode()


@pytest.mark.parametrize(
    ("text", "whole_section"),
    [
        pytest.param("deployment:\n  model_version: '5'\n", False, id="not there"),
        pytest.param("deployment:\n  environment_version: [a]\n", False, id="a list"),
        pytest.param("deployment:\n  environment_version:   '1'\n", False, id="written otherwise"),
        pytest.param("deployment:\n  environment_version: '1'  # why\n", False, id="explained"),
        pytest.param(
            "deployment:\n  environment_version: '1'\n  b: 'c'\n", True, id="section has more"
        ),
    ],
)
def test_what_inserting_would_not_give_again_stays(text: str, whole_section: bool) -> None:
    assert removed(text.encode(), whole_section=whole_section) is None

"""`envbot evidence check`: the checklist of a notebook, for people and machines."""

import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from bot.core.evidence.checklist import ITEMS

if TYPE_CHECKING:
    from tests.cli.conftest import Envbot

WANTED = ("--environment", "custom-tf-env", "--version")


def test_the_sample_notebook_is_complete(envbot: "Envbot", checkout: Path) -> None:
    notebook = checkout / "evidence" / "1.5.0.ipynb"

    ended = envbot("evidence", "check", notebook, *WANTED, "1.5.0", "--format", "json")

    found = json.loads(ended.out)
    assert ended.code == 0
    assert set(found) == {"decision", "items"}
    assert found["decision"] == "complete"
    assert [set(item) for item in found["items"]] == [{"id", "passed", "why"}] * len(ITEMS)
    assert [item["id"] for item in found["items"]] == list(ITEMS)
    assert all(item["passed"] is True and item["why"] for item in found["items"])


def test_the_same_notebook_shows_no_other_version(envbot: "Envbot", checkout: Path) -> None:
    notebook = checkout / "evidence" / "1.5.0.ipynb"

    ended = envbot("evidence", "check", notebook, *WANTED, "1.5.1", "--format", "json")

    found = json.loads(ended.out)
    assert (ended.code, found["decision"]) == (100, "incomplete")
    assert [item["id"] for item in found["items"] if not item["passed"]] == ["environment"]


def test_the_candidate_is_as_good_as_the_version(envbot: "Envbot", checkout: Path) -> None:
    notebook = checkout / "evidence" / "1.5.0.ipynb"

    ended = envbot("evidence", "check", notebook, *WANTED, "9.9.9", "--candidate", "1.5.0")

    assert ended.code == 0


@pytest.mark.parametrize("name", ["none.ipynb", "."], ids=["no file", "a folder"])
def test_what_is_no_file_is_missing(
    envbot: "Envbot", tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.chdir(tmp_path)

    ended = envbot("evidence", "check", name, *WANTED, "1.5.1", "--format", "json")

    found = json.loads(ended.out)
    assert (ended.code, found["decision"]) == (100, "missing")
    assert not any(item["passed"] for item in found["items"])


@pytest.mark.parametrize(
    "content",
    ["", "{}", "[" * 5000, "\x00"],
    ids=["empty", "object", "nested too deep", "null byte"],
)
def test_what_is_no_notebook_is_incomplete(envbot: "Envbot", tmp_path: Path, content: str) -> None:
    notebook = tmp_path / "evidence.ipynb"
    notebook.write_text(content)

    ended = envbot("evidence", "check", notebook, *WANTED, "1.5.1", "--format", "json")

    assert ended.code == 100
    assert json.loads(ended.out)["decision"] == "incomplete"


@pytest.mark.parametrize("shape", ["text", "markdown"])
def test_people_are_told_the_decision_and_each_reason(
    envbot: "Envbot", checkout: Path, shape: str
) -> None:
    notebook = checkout / "evidence" / "1.5.0.ipynb"

    ended = envbot("evidence", "check", notebook, *WANTED, "1.5.1", "--format", shape)

    assert "incomplete" in ended.out
    assert all(title in ended.out for title in ITEMS.values())

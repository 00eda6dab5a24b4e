"""The documents say what the code does."""

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.core.commands.registry import COMMANDS
from bot.errors import Exit

ROOT = Path(__file__).resolve().parents[1]
DOCUMENTS = [*sorted(ROOT.glob("*.md")), *sorted((ROOT / "docs").rglob("*.md"))]
LINK = re.compile(r"\]\((?!https?:)([^)#\s]*)(?:#([^)\s]*))?\)")
CODE = re.compile(r"[A-Z]{2,}(?:_[A-Z]+)*")
# What else is written in capitals: variables of the environment, GitHub's reviews, Python's names.
VARIABLE = re.compile(
    r"(?:ACTIONS|ARM|AZURE|AZUREML|ENVBOT|GIT|GITHUB|LC|REGISTRY|REQUESTS)_[A-Z_]+"
)
FOREIGN = {"CHANGES_REQUESTED", "REQUEST_CHANGES", "TYPE_CHECKING"}


def readme() -> str:
    return (ROOT / "README.md").read_text(encoding="utf-8")


def table_column(text: str, pattern: str) -> list[str]:
    """Return what `pattern` captures at the beginning of the rows of a table."""
    return re.findall(rf"^\| {pattern} ", text, flags=re.MULTILINE)


def anchors(document: Path) -> set[str]:
    """Return the anchors that GitHub makes of a document's headings."""
    headings = re.findall(r"^#+ (.*)$", document.read_text(encoding="utf-8"), flags=re.MULTILINE)
    return {
        re.sub(r"[^\w -]", "", heading).strip().lower().replace(" ", "-") for heading in headings
    }


def capitals() -> Iterator[str]:
    """Yield every text in capitals that the bot's own parts hold: codes, and some other words."""
    for path in (ROOT / "bot").rglob("*.py"):
        if "sandbox" not in path.parts:
            for statement in ast.parse(path.read_bytes()).body:
                if not is_list_of_names(statement):
                    yield from capitals_in(statement)


def is_list_of_names(statement: ast.stmt) -> bool:
    """Tell whether a statement is `__all__`, which names constants of Python."""
    return isinstance(statement, ast.Assign) and ast.unparse(statement.targets[0]) == "__all__"


def capitals_in(statement: ast.stmt) -> Iterator[str]:
    for node in ast.walk(statement):
        match node:
            case ast.Constant(value=str(text)) if CODE.fullmatch(text):
                yield text


def is_surely_a_code(text: str) -> bool:
    return "_" in text and not VARIABLE.fullmatch(text) and text not in FOREIGN


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_links_lead_somewhere(document: Path) -> None:
    for target, anchor in LINK.findall(document.read_text(encoding="utf-8")):
        path = (document.parent / target).resolve() if target else document

        assert path.exists(), target
        assert not anchor or anchor in anchors(path), f"{target}#{anchor}"


def test_the_readme_is_short() -> None:
    assert len(readme().splitlines()) <= 150


def test_the_readme_lists_every_exit_code() -> None:
    assert [int(code) for code in table_column(readme(), r"(\d+) \|")] == sorted(Exit)


def test_the_readme_lists_every_comment_command() -> None:
    assert table_column(readme(), r"`/(\w+)[^`]*` \|") == list(COMMANDS)


def test_the_readme_lists_commands_of_the_command_line_that_exist() -> None:
    shown = subprocess.run(
        [sys.executable, "-m", "bot", "--help"], capture_output=True, text=True, check=True
    ).stdout
    listed = table_column(readme(), r"`envbot (\w+)[^`]*` \|")

    assert listed
    assert not [name for name in listed if not re.search(rf"^  {name}\b", shown, re.MULTILINE)]


def test_every_make_target_that_a_document_names_exists() -> None:
    named = {
        target
        for document in DOCUMENTS
        for words in re.findall(
            r"(?:`|^)make ((?:[a-z]+ ?)+)", document.read_text(encoding="utf-8"), re.MULTILINE
        )
        for target in words.split()
    }
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))

    assert named
    assert named <= targets


def test_every_refusal_is_explained_and_no_other() -> None:
    text = (ROOT / "docs" / "errors.md").read_text(encoding="utf-8")
    headings = re.findall(r"^## (\S+)$", text, re.MULTILINE)
    known = set(capitals())
    unexplained = {code for code in known if is_surely_a_code(code)} - set(headings)
    outdated = set(headings) - known

    assert not unexplained
    assert not outdated
    assert headings == sorted(headings)


@pytest.mark.parametrize(
    "record", sorted((ROOT / "docs" / "adr").glob("*.md")), ids=lambda path: path.stem
)
def test_a_decision_record_has_its_parts_and_fits_a_page(record: Path) -> None:
    text = record.read_text(encoding="utf-8")
    number = int(record.name[:4])

    assert text.startswith(f"# {number}. ")
    assert re.findall(r"^## (.*)$", text, re.MULTILINE) == [
        "Status",
        "Context",
        "Decision",
        "Consequences",
    ]
    assert re.search(r"^Date: \d{4}-\d{2}-\d{2}$", text, re.MULTILINE)
    assert len(text.splitlines()) <= 60

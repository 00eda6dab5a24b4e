"""A Jupyter notebook as plain values, read from bytes that anybody may have written (`S16`)."""

import json
import re
import warnings
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, NoReturn

from bot.core.evidence.notebook_fields import mapping, strings, text
from bot.core.evidence.notebook_output import Output, read_output

MAX_BYTES = 2 * 1024 * 1024
MAX_DEPTH = 64
MAX_CELLS = 1_000
MAX_SHOWN = 500_000
FORMATS = (3, 4)  # what nbformat upgrades without guessing

_JSON_STRING = re.compile(rb'"[^"\\]*(?:\\.[^"\\]*)*"', re.DOTALL)
_BRACKET = re.compile(rb"[\[\]{}]")
# What nbformat raises, beside its own error, when parts are not what it takes for granted.
_UNPREPARED = (
    *(AssertionError, AttributeError, LookupError, NameError),
    *(RecursionError, TypeError, ValueError),
)


class UnreadableNotebookError(Exception):
    """The bytes are no notebook; the message is a sentence about the file without its text."""


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell.

    Attributes:
        number: its place counted from the top, text cells included, from 1.
        count: the execution count.
        tags: the tags of its metadata.
        outcome: what papermill noted: `failed`, `pending`, or empty.
        started: when it ran, as text in ISO 8601, or empty.
        hidden: its source is folded away from readers.
    """

    number: int
    is_code: bool
    source: str
    count: int | None
    tags: frozenset[str]
    outputs: tuple[Output, ...]
    outcome: str = ""
    started: str = ""
    hidden: bool = False

    @property
    def text(self) -> str:
        """Return all its outputs as one text."""
        return "\n".join(output.text for output in self.outputs)


@dataclass(frozen=True, slots=True)
class Notebook:
    """What the file holds.

    Attributes:
        failed: papermill noted that the run as a whole failed.
        language: the kernel's language in small letters; empty where the file does not say.
    """

    cells: tuple[Cell, ...]
    failed: bool
    language: str

    @property
    def code(self) -> tuple[Cell, ...]:
        """Return the code cells that have any source."""
        return tuple(cell for cell in self.cells if cell.is_code and cell.source.strip())


def read_notebook(data: bytes) -> Notebook:
    """Return the notebook in `data`, upgraded to format 4; nothing in it is run.

    Raises:
        UnreadableNotebookError: over 2 MiB, nested too deep, not JSON, a key given twice, more
            text in its outputs than anybody reads, or not what nbformat knows as a notebook.
    """
    _refuse_bombs(data)
    content = _upgraded(_json(data))
    cells = content.get("cells", [])
    if len(cells) > MAX_CELLS:
        raise UnreadableNotebookError(f"It has more than {MAX_CELLS} cells.")
    read = tuple(_cell(i, cell) for i, cell in enumerate(cells, start=1))
    if sum(len(output.text) for cell in read for output in cell.outputs) > MAX_SHOWN:
        raise UnreadableNotebookError(f"Its outputs hold more than {MAX_SHOWN} characters of text.")
    failed = mapping(content, "metadata", "papermill").get("exception") is True
    kernel = mapping(content, "metadata", "kernelspec").get("language")
    language = kernel or mapping(content, "metadata", "language_info").get("name")
    return Notebook(read, failed, text(language).lower())


def _refuse_bombs(data: bytes) -> None:
    if len(data) > MAX_BYTES:
        raise UnreadableNotebookError(f"It is larger than {MAX_BYTES // 1024 // 1024} MiB.")
    depth = 0
    for bracket in _BRACKET.finditer(_JSON_STRING.sub(b"", data)):
        depth += 1 if bracket[0] in b"[{" else -1
        if depth > MAX_DEPTH:
            raise UnreadableNotebookError(f"It is nested deeper than {MAX_DEPTH} levels.")


def _json(data: bytes) -> dict[str, Any]:
    try:
        content = json.loads(data.decode(), object_pairs_hook=_without_repeats)
    except (ValueError, RecursionError):
        raise UnreadableNotebookError("It is not the JSON of a notebook.") from None
    if not isinstance(content, dict):
        raise UnreadableNotebookError("It is not the JSON of a notebook.")
    return content


def _without_repeats(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    content = dict(pairs)
    if len(content) != len(pairs):
        raise ValueError("a key is given twice: readers differ in which one they take")
    return content


def _upgraded(content: dict[str, Any]) -> Mapping[str, Any]:
    """Return the content in format 4, as nbformat converts and validates it."""
    if content.get("nbformat") not in FORMATS:
        _refuse_format()
    # Importing nbformat costs as much as the rest of a review: only notebooks pay for it.
    from nbformat import ValidationError, converter, reader, validate

    # Not `nbformat.reads`: it logs what is invalid, and that is text of strangers. Untyped.
    read: Callable[[str], Any] = reader.reads
    convert: Callable[[Any, int], Any] = converter.convert
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # missing cell ids are no fault of the evidence
            notebook = convert(read(json.dumps(content)), 4)
            validate(notebook)
    except (ValidationError, *_UNPREPARED):
        _refuse_format()
    return dict(notebook)


def _refuse_format() -> NoReturn:
    raise UnreadableNotebookError("It does not follow the notebook format.") from None


def _cell(number: int, content: Mapping[str, Any]) -> Cell:
    run = mapping(content, "metadata", "papermill")
    times = mapping(content, "metadata", "execution")
    is_code = content.get("cell_type") == "code"
    return Cell(
        number=number,
        is_code=is_code,
        source=text(content.get("source")),
        count=content.get("execution_count") if is_code else None,
        tags=frozenset(strings(mapping(content, "metadata").get("tags"))),
        outputs=tuple(read_output(output) for output in content.get("outputs", ())),
        outcome=_outcome(run),
        started=text(run.get("start_time") or times.get("iopub.execute_input")),
        hidden=mapping(content, "metadata", "jupyter").get("source_hidden") is True,
    )


def _outcome(run: Mapping[str, Any]) -> str:
    if run.get("exception") is True or run.get("status") == "failed":
        return "failed"
    # papermill's status alone proves nothing: a cell has run only when it has a start.
    return "pending" if run and not run.get("start_time") else ""

"""A Jupyter notebook as plain values, read from bytes that anybody may have written (`S16`)."""

import json
import re
import warnings
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, NoReturn

MAX_BYTES = 2 * 1024 * 1024
MAX_DEPTH = 64
MAX_CELLS = 1_000
FORMATS = (3, 4)  # what nbformat upgrades without guessing

_JSON_STRING = re.compile(rb'"[^"\\]*(?:\\.[^"\\]*)*"', re.DOTALL)
_BRACKET = re.compile(rb"[\[\]{}]")
# What nbformat raises, beside its own error, when parts are not what it takes for granted.
_UNPREPARED = (
    *(AssertionError, AttributeError, LookupError, NameError),
    *(RecursionError, TypeError, ValueError),
)
# Markdown and styled tables are objects as plain text; what is shown is another text.
_STANDS_FOR = re.compile(
    r"<IPython\.core\.display\.Markdown object>"
    r"|<pandas\.io\.formats\.style\.Styler at 0x[0-9a-f]{1,16}>"
)
_UNSEEN_TAG = re.compile(r"<!--[^>]*>|<(?:style|script)\b[^<]*(?=<)", re.IGNORECASE)
_TAG = re.compile(r"<[^<>]*>")
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_.]{0,60}")


class UnreadableNotebookError(Exception):
    """The bytes are no notebook; the message is a sentence about the file without its text."""


@dataclass(frozen=True, slots=True)
class Output:
    """One output of a code cell.

    Attributes:
        text: what a person reads as plain text; terminal colours are still in it.
        everything: every text in it, whatever its media type, for the search for secrets.
        error: the exception's name when the output is an error, else None.
        count: the execution count of a result, None where the format has none.
    """

    text: str
    everything: str
    error: str | None = None
    count: int | None = None


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
        UnreadableNotebookError: over 2 MiB, nested too deep, not JSON, a key given twice, or not
            what nbformat knows as a notebook.
    """
    _refuse_bombs(data)
    content = _upgraded(_json(data))
    cells = content.get("cells", [])
    if len(cells) > MAX_CELLS:
        raise UnreadableNotebookError(f"It has more than {MAX_CELLS} cells.")
    failed = _mapping(content, "metadata", "papermill").get("exception") is True
    kernel = _mapping(content, "metadata", "kernelspec").get("language")
    language = kernel or _mapping(content, "metadata", "language_info").get("name")
    return Notebook(
        tuple(_cell(i, cell) for i, cell in enumerate(cells, start=1)),
        failed,
        _text(language).lower(),
    )


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
    run = _mapping(content, "metadata", "papermill")
    times = _mapping(content, "metadata", "execution")
    is_code = content.get("cell_type") == "code"
    return Cell(
        number=number,
        is_code=is_code,
        source=_text(content.get("source")),
        count=content.get("execution_count") if is_code else None,
        tags=frozenset(_strings(_mapping(content, "metadata").get("tags"))),
        outputs=tuple(_output(output) for output in content.get("outputs", ())),
        outcome=_outcome(run),
        started=_text(run.get("start_time") or times.get("iopub.execute_input")),
        hidden=_mapping(content, "metadata", "jupyter").get("source_hidden") is True,
    )


def _outcome(run: Mapping[str, Any]) -> str:
    if run.get("exception") is True or run.get("status") == "failed":
        return "failed"
    # papermill's status alone proves nothing: a cell has run only when it has a start.
    return "pending" if run and not run.get("start_time") else ""


def _output(content: Mapping[str, Any]) -> Output:
    everything = "\n".join(_texts(content))
    kind = content.get("output_type")
    if kind == "error":
        name = _NAME.fullmatch(_text(content.get("ename")))
        return Output("", everything, error=name[0] if name else "an exception")
    if kind == "stream":
        return Output(_text(content.get("text")), everything)
    return Output(
        _shown(_mapping(content, "data")), everything, count=content.get("execution_count")
    )


def _shown(data: Mapping[str, Any]) -> str:
    """Return what a reader sees: the plain text, or what it only stands for as an object."""
    plain = _text(data.get("text/plain"))
    if not _STANDS_FOR.fullmatch(plain):
        return plain
    page = _text(data.get("text/html"))
    shown = _text(data.get("text/markdown")) or _TAG.sub(" ", _UNSEEN_TAG.sub(" ", page))
    return f"{plain}\n{shown}"


def _mapping(content: Mapping[str, Any], *path: str) -> Mapping[str, Any]:
    """Return the mapping at `path`; empty where there is none or something else."""
    for key in path:
        inner = content.get(key)
        content = inner if isinstance(inner, Mapping) else {}
    return content


def _text(value: object) -> str:
    """Return a text that may be written as a list of lines; empty for anything else."""
    return value if isinstance(value, str) else "".join(_strings(value))


def _strings(value: object) -> Iterator[str]:
    if isinstance(value, list):
        yield from (item for item in value if isinstance(item, str))


def _texts(value: object) -> Iterator[str]:
    """Yield every text below `value`; the depth is bounded by MAX_DEPTH."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for inner in value.values():
            yield from _texts(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _texts(inner)

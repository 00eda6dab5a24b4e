"""How the run of an evidence notebook went, as the file tells it."""

import re
from collections.abc import Callable, Iterator
from datetime import datetime

from bot.core.evidence.notebook import Cell, Notebook
from bot.core.evidence.output import without_colours
from bot.core.secret_text import Secret, find_named_values, find_secrets

_ERROR_TAGS = frozenset({"raises-exception", "allow-errors", "papermill-error-cell-tag"})
_TRACEBACK = "Traceback (most recent call last)"
_RAISED = re.compile(
    r"^(?:\w+\.){0,5}(?P<name>[A-Z]\w{0,60}(?:Error|Exception|Interrupt)|SystemExit):[ \t]",
    re.MULTILINE,
)
_NOT_STARTED = re.compile(
    r"^(?:/bin/)?(?:ba|z)?sh: [^\n]{0,200}(?:not found|No such file)"
    r"|^\S{0,100}python\S{0,10}: can't open file",
    re.MULTILINE,
)
_SAYS_SO = re.compile(
    r"(?<!\b0 )(?<!\bno )\b(?:scoring|predictions?|inference|prediction run)"
    r"[ \t]{1,3}(?:(?:has|have|was|were)[ \t]{1,3})?(?:failed|aborted|unsuccessful)\b"
    r"(?![ \t]{0,3}[:=]?[ \t]{0,3}(?:0|none|false)\b)",
    re.IGNORECASE,
)
_PAPERMILL_NOTE = "An Exception was encountered at"


def failures(notebook: Notebook) -> Iterator[str]:
    """Yield a sentence for every sign that a cell failed or was allowed to."""
    if notebook.failed:
        yield "Papermill noted that the run failed."
    for cell in notebook.code:
        raised = next((output.error for output in cell.outputs if output.error), None)
        if raised:
            yield f"Cell {cell.number} raised {raised}."
        if cell.tags & _ERROR_TAGS:
            yield f"Cell {cell.number} is tagged as one that may fail."
        if cell.outcome == "failed":
            yield f"Papermill noted that cell {cell.number} failed."
        yield from _shown(cell)
    yield from (
        f"Papermill noted in cell {cell.number} that one failed."
        for cell in notebook.cells
        if not cell.is_code and (cell.tags & _ERROR_TAGS or _PAPERMILL_NOTE in cell.source)
    )


def _shown(cell: Cell) -> Iterator[str]:
    """Yield a sentence for a failure that stands as text in the outputs."""
    text = without_colours(cell.text)
    if _TRACEBACK in text:
        yield f"Cell {cell.number} shows a traceback."
    elif raised := _RAISED.search(text):
        yield f"Cell {cell.number} shows a {raised['name']}."
    elif _SAYS_SO.search(text) or _NOT_STARTED.search(text):
        yield f"Cell {cell.number} says that something failed."


def gaps(notebook: Notebook) -> Iterator[str]:
    """Yield a sentence for every sign that this is not one clean run from top to bottom."""
    if not notebook.code:
        yield "It has no code."
    expected, last = 1, ""
    for cell in notebook.code:
        if cell.count is None and _only_comments(cell) and not cell.outputs:
            continue
        if cell.count != expected:
            yield _gap(cell, expected)
        expected += 1
        if cell.outcome == "pending" or any(
            output.count not in (None, cell.count) for output in cell.outputs
        ):
            yield f"Cell {cell.number} has outputs of another run, or was not run."
        if cell.hidden:
            yield f"Cell {cell.number} hides its code."
        if _is_before(cell.started, last):
            yield f"Cell {cell.number} ran before the cells above it."
        last = cell.started or last
    blank = [c for c in notebook.cells if c.is_code and not c.source.strip() and c.outputs]
    yield from (f"Cell {cell.number} has an output but no code." for cell in blank)


def _gap(cell: Cell, expected: int) -> str:
    if cell.count is None:
        return f"Cell {cell.number} was not run."
    return (
        f"Cell {cell.number} ran as number {cell.count}, not {expected}; "
        "restart the kernel and run all cells."
    )


def _only_comments(cell: Cell) -> bool:
    lines = (line.strip() for line in cell.source.splitlines())
    return all(not line or line.startswith("#") for line in lines)


def _is_before(moment: str, other: str) -> bool:
    try:
        return datetime.fromisoformat(moment) < datetime.fromisoformat(other)
    except (ValueError, TypeError):  # not a time, or only one of them with a zone
        return False


def secrets(notebook: Notebook) -> Iterator[str]:
    """Yield a sentence for every secret in sources and outputs, without the secret."""
    for cell in notebook.cells:
        for output in cell.outputs:
            yield from _named(cell, output.everything, find_secrets)
            yield from _named(cell, output.text, find_named_values)
        yield from _named(cell, cell.source, find_secrets)


def _named(cell: Cell, text: str, find: Callable[[str], tuple[Secret, ...]]) -> Iterator[str]:
    for secret in find(text):
        yield (
            f"Cell {cell.number} shows a {secret.kind}; revoke it, "
            "and take it out of the branch's history."
        )

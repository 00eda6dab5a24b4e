"""A notebook's code read as a whole: the trace of its values, and what could hide a failure."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass

from bot.core.evidence.notebook import Notebook
from bot.core.evidence.notebook_code import (
    UnreadableCodeError,
    exits,
    has_scoring,
    local_scorers,
    parse_cell,
    swallows,
    swallows_what_it_is_given,
)
from bot.core.evidence.notebook_limits import TooMuchCodeError, limit_characters, limit_nodes
from bot.core.evidence.notebook_magic import is_captured
from bot.core.evidence.notebook_record import Trace
from bot.core.evidence.notebook_trace import follow
from bot.core.evidence.notebook_tricks import tricks, writes


@dataclass(frozen=True, slots=True)
class Reading:
    """What the code does, and a sentence for each thing in it that could hide a failure."""

    trace: Trace
    troubles: tuple[str, ...]


def read_code(notebook: Notebook) -> Reading:
    """Return the reading of all code cells; never raises, whatever the code is."""
    troubles: list[str] = []
    try:
        limit_characters(cell.source for cell in notebook.code)
        parsed = list(_parsed(notebook, troubles))
        limit_nodes(statement for _, body in parsed for statement in body)
        troubles += _hidden_failures(parsed)
        troubles += _hidden_outputs(notebook, parsed)
        trace = follow(parsed)
        return Reading(trace, (*troubles, *_written_first(parsed, trace)))
    except TooMuchCodeError as error:
        return Reading(Trace(), (*troubles, str(error)))
    except RecursionError:
        return Reading(Trace(), (*troubles, "The code is nested too deep to be followed."))


def _parsed(notebook: Notebook, troubles: list[str]) -> Iterator[tuple[int, list[ast.stmt]]]:
    if notebook.language not in {"", "python"}:
        troubles.append("The notebook is not written in Python.")
    for cell in notebook.code:
        try:
            yield cell.number, parse_cell(cell)
        except UnreadableCodeError:
            troubles.append(f"Cell {cell.number} is not Python that can be read.")


def _written_first(parsed: list[tuple[int, list[ast.stmt]]], trace: Trace) -> Iterator[str]:
    """Yield a sentence where the notebook may have written what it then loads."""
    wrote = next((number for number, statements in parsed if writes(statements)), None)
    for what, loaded in (("model", trace.model), ("sample data", trace.data)):
        if wrote is not None and loaded and wrote <= loaded[0]:
            yield f"Cell {wrote} writes a file before the {what} is loaded."


def _hidden_failures(parsed: list[tuple[int, list[ast.stmt]]]) -> list[str]:
    scorers = frozenset[str]().union(*(local_scorers(statements) for _, statements in parsed))
    troubles = []
    for number, statements in parsed:
        if exits(statements):
            troubles.append(f"Cell {number} can end the run early (exit).")
        troubles += [f"Cell {number} {trick}." for trick in tricks(statements)]
        if swallows(statements, scorers):
            troubles.append(f"Cell {number} catches errors of the scoring without raising them.")
        if swallows_what_it_is_given(statements):
            troubles.append(f"Cell {number} defines something that hides the errors of others.")
    return troubles


def _hidden_outputs(notebook: Notebook, parsed: list[tuple[int, list[ast.stmt]]]) -> Iterator[str]:
    """Yield a sentence for each cell that scores and whose outputs IPython was told to keep."""
    captured = {cell.number for cell in notebook.code if is_captured(cell)}
    for number, statements in parsed:
        if number in captured and has_scoring(statements, frozenset()):
            yield f"Cell {number} hides what the scoring shows (%%capture)."

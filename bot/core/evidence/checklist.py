"""The evidence notebook as a checklist: the seed's six contents, and what would belie them.

The notebook is read, never run. What it says can be forged with an editor, so a complete one is
*claimed*: good enough for people who look at it before the registry, no proof. No text of the
notebook gets into a reason except exception names and version numbers.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain, pairwise
from typing import Literal, TypeAlias

from bot.core.evidence.notebook import Notebook, UnreadableNotebookError, read_notebook
from bot.core.evidence.notebook_texts import Printed
from bot.core.evidence.output import claims, flaw_of_predictions, lack_of_predictions, names_version
from bot.core.evidence.reading import Reading, read_code
from bot.core.evidence.run import failures, gaps, secrets

Decision: TypeAlias = Literal["complete", "incomplete", "errors", "missing"]

ITEMS = {
    "environment": "An output names the environment and its version",
    "model": "A test model is loaded",
    "data": "Sample data is loaded",
    "scoring": "The model scores the sample",
    "predictions": "The predictions are displayed",
    "no_errors": "Nothing failed, and no failure is hidden",
    "executed": "Every cell ran once, from top to bottom",
    "no_secrets": "No secret is shown",
}
_SAFE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._+-]{0,100}")


@dataclass(frozen=True, slots=True)
class EvidenceItem:
    """One line of the checklist: `why` is a sentence, fit for Markdown as it stands."""

    id: str
    passed: bool
    why: str

    @property
    def title(self) -> str:
        """Return what the item asks for."""
        return ITEMS[self.id]


@dataclass(frozen=True, slots=True)
class EvidenceReport:
    """The decision and all items, in the order of `ITEMS`.

    Attributes:
        level: how it is known; `claimed` means that the file says so.
    """

    decision: Decision
    items: tuple[EvidenceItem, ...]
    level: Literal["claimed"] = "claimed"

    @property
    def refused(self) -> tuple[EvidenceItem, ...]:
        """Return the items that are not ticked."""
        return tuple(item for item in self.items if not item.passed)


@dataclass(frozen=True, slots=True)
class _Wanted:
    environment: str
    versions: tuple[str, ...]

    @property
    def shown(self) -> str:
        safe = [text for text in (self.environment, *self.versions) if _SAFE.fullmatch(text)]
        if len(safe) != len(self.versions) + 1:
            return "this environment and version"
        return f"{safe[0]} {' or '.join(safe[1:])}"


@lru_cache(maxsize=4)  # one run asks for the same head again after each of its steps
def check_notebook(
    data: bytes | None, *, environment: str, version: str, candidate: str | None
) -> EvidenceReport:
    """Return the checklist for a notebook that should show `environment` at `version`.

    Args:
        data: the file's bytes; None when there is no such file.
        environment: the environment's name.
        version: the final version.
        candidate: this content's rc version, which is as good as the final one.
    """
    wanted = _Wanted(environment, tuple(filter(None, (version, candidate))))
    if data is None:
        return _all_refused("missing", "There is no notebook.")
    try:
        notebook = read_notebook(data)
    except UnreadableNotebookError as error:
        return _all_refused("incomplete", f"The notebook cannot be read. {error}")
    reading = read_code(notebook)
    flaws = {
        "environment": _environment(notebook, reading, wanted),
        "model": _loaded(reading, "model"),
        "data": _loaded(reading, "data"),
        "scoring": _scoring(reading),
        "predictions": _predictions(notebook, reading),
        "no_errors": next(chain(failures(notebook), reading.troubles), None),
        "executed": next(gaps(notebook), None),
        "no_secrets": next(secrets(notebook), None),
    }
    items = tuple(_item(name, flaws[name], reading, wanted) for name in ITEMS)
    return EvidenceReport(_decision(items), items)


def _decision(items: tuple[EvidenceItem, ...]) -> Decision:
    refused = {item.id for item in items if not item.passed}
    if "no_errors" in refused:
        return "errors"
    return "incomplete" if refused else "complete"


def _all_refused(decision: Decision, why: str) -> EvidenceReport:
    return EvidenceReport(
        decision, tuple(EvidenceItem(name, passed=False, why=why) for name in ITEMS)
    )


def _item(name: str, flaw: str | None, reading: Reading, wanted: _Wanted) -> EvidenceItem:
    return EvidenceItem(name, flaw is None, flaw or _praise(name, reading, wanted))


def _praise(name: str, reading: Reading, wanted: _Wanted) -> str:
    trace = reading.trace
    where: dict[str, list[int]] = {
        "model": trace.model,
        "data": trace.data,
        "scoring": trace.scoring,
        "predictions": trace.showing,
    }
    if name in where:
        return f"{ITEMS[name]} in cell {where[name][0]}."
    return f"{ITEMS[name]}: {wanted.shown}." if name == "environment" else f"{ITEMS[name]}."


def _environment(notebook: Notebook, reading: Reading, wanted: _Wanted) -> str | None:
    if not wanted.environment or not wanted.versions:
        return "The environment and its version are not known."
    good: list[int] = []
    typed: list[int] = []
    for cell in notebook.code:
        found = claims(cell.text, wanted.environment)
        for claim in found:
            if claim.version not in wanted.versions:
                seen = f" {claim.version}" if _SAFE.fullmatch(claim.version) else ""
                return f"Cell {cell.number} shows the version{seen}, not {wanted.shown}."
        if found:
            shown = max(len(found), _times(cell.text, wanted))
            was_read = _was_read(shown, reading.trace.printed.get(cell.number, []), wanted)
            (good if was_read else typed).append(cell.number)
    if good or _in_two_cells(notebook, reading, wanted):
        return None
    if typed:
        return f"Cell {typed[0]} prints a version that was typed into it; read it instead."
    return f"No output names {wanted.shown}."


def _in_two_cells(notebook: Notebook, reading: Reading, wanted: _Wanted) -> bool:
    """Tell whether a cell shows the name that it read, and the next one the version."""
    printed = reading.trace.printed
    for one, other in pairwise(notebook.code):
        found = claims(f"{one.text}\n{other.text}", wanted.environment)
        calls = [printed.get(cell.number, []) for cell in (one, other)]
        if found and all(claim.version in wanted.versions for claim in found):
            return all(any(call.is_read for call in each) for each in calls) and _was_read(
                len(found), [*calls[0], *calls[1]], wanted
            )
    return False


def _times(text: str, wanted: _Wanted) -> int:
    """Return how often a text has one of the versions, whatever it says of them."""
    versions = "|".join(map(re.escape, sorted(wanted.versions, key=len, reverse=True)))
    return len(re.findall(rf"(?<![\w.+-])v?(?:{versions})(?![\w+-]|\.\w)", text))


def _was_read(shown: int, calls: Sequence[Printed], wanted: _Wanted) -> bool:
    """Tell whether the cell shows the version more often than it was typed into it.

    "expected 1.5.1, running in 1.5.1" holds one that was read. Of calls that read nothing at
    all, every text was put together of typed ones.
    """
    typed = sum(_typed(call, wanted) for call in calls)
    is_read = any(call.is_read for call in calls)
    return is_read and shown > typed if typed else is_read or not calls


def _typed(call: Printed, wanted: _Wanted) -> int:
    """Return how many versions of the environment a call shows that stand in its source.

    A heading that only mentions the version gives the environment none.
    """
    name = wanted.environment
    gives = call.is_read or any(name in t or claims(f"{name}\n{t}", name) for t in call.texts)
    if not gives:
        return 0
    begun = any(names_version(text, name) for text in call.texts)
    return max(begun, *(text.count(v) for text in call.texts for v in wanted.versions))


def _loaded(reading: Reading, kind: Literal["model", "data"]) -> str | None:
    what = "model" if kind == "model" else "sample data"
    cells = reading.trace.model if kind == "model" else reading.trace.data
    if not cells:
        return f"No cell loads a {what}." if kind == "model" else f"No cell loads {what}."
    if kind == "data" and not reading.trace.scoring and reading.trace.dataless:
        return f"Cell {reading.trace.dataless[0]} scores data that was not loaded."
    return None


def _scoring(reading: Reading) -> str | None:
    trace = reading.trace
    if trace.scoring:
        return None
    if trace.dataless:
        return f"Cell {trace.dataless[0]} scores, but not the sample data that was loaded."
    if trace.modelless:
        return f"Cell {trace.modelless[0]} scores, but not with a model that was loaded."
    return "No cell scores."


def _predictions(notebook: Notebook, reading: Reading) -> str | None:
    by_number = {cell.number: cell for cell in notebook.code}
    showing = list(dict.fromkeys(reading.trace.showing))
    if not showing:
        return "No cell displays the predictions of the model."
    for number in showing:
        flaw = flaw_of_predictions(by_number[number].text)
        if flaw:
            return f"Cell {number} {flaw}."
    lacks = [lack_of_predictions(by_number[number].text) for number in showing]
    return f"Cell {showing[0]} {lacks[0]}." if all(lacks) else None

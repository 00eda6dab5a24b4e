"""What a run of the evidence notebook proves.

The notebook says nothing about its own run that counts here. The job's record says where it ran,
the program that ran it says what each cell gave and which predictions were there at the end, and
the notebook with these outputs is read like any other. Code of the notebook and the program run on
one machine as one user, so this holds against text that was typed, not against whoever takes the
program itself apart (`docs/security.md`).
"""

import math
from collections.abc import Iterator

import msgspec

from bot.core.asset_id import parse_asset_id
from bot.core.evidence.checklist import check_notebook
from bot.core.evidence.evidence_run import (
    EXECUTED,
    NOT_RUN,
    RESULT,
    EvidenceRecord,
    EvidenceRequest,
    EvidenceRun,
)
from bot.core.evidence.notebook import Notebook, UnreadableNotebookError, read_notebook

LONGEST = 140  # characters of a status


class Values(msgspec.Struct, frozen=True):
    """The predictions under one name: how many, and the first of them.

    Attributes:
        values: numbers, or texts where labels are predicted; None for anything else.
    """

    count: int
    values: tuple[float | str | None, ...]


class Result(msgspec.Struct, frozen=True):
    """What the program says of the run as a whole."""

    sha: str
    pr: str
    env_digest: str
    nonce: str
    notebook: str
    ended: bool
    predictions: dict[str, Values]


def judge_run(request: EvidenceRequest, record: EvidenceRecord | None) -> EvidenceRun:
    """Return what a job proves about the notebook of `request`."""
    if record is None:
        return NOT_RUN
    if not record.has_ended:
        return EvidenceRun("running", f"{record.name} runs the notebook", record.url)
    flaw = next(_flaws(request, record), "")
    if flaw:
        return EvidenceRun("failed", _short(f"{record.name}: {flaw}"), record.url)
    return EvidenceRun(
        "passed", _short(f"{record.name} ran the notebook on {request.version}"), record.url
    )


def _flaws(request: EvidenceRequest, record: EvidenceRecord) -> Iterator[str]:
    """Yield a sentence for each reason why the run proves nothing, what Azure says first."""
    yield from _flaws_of_record(request, record)
    executed = record.files.get(EXECUTED)
    if executed is None:
        yield f"The job ended as {record.status} and left no notebook."
        return
    yield from _flaws_of_notebook(request, executed)
    if record.status != "completed":
        yield f"The job ended as {record.status}."
    yield from _flaws_of_result(request, record)


def _flaws_of_record(request: EvidenceRequest, record: EvidenceRecord) -> Iterator[str]:
    ran_in = parse_asset_id(record.environment_id)
    if ran_in is None or ran_in.label != f"{request.environment}:{request.version}":
        yield "The job did not run on this candidate."
    elif ran_in.place.startswith("registries/"):
        yield "The job ran on an environment of a registry, not on dev's candidate."
    given = record.parameters
    if not given:
        yield "The job ran another command than envbot's."
    elif (given["pr"], given["env_digest"]) != (str(request.pr), request.env_digest):
        yield "The job was submitted with other parameters."


def _flaws_of_notebook(request: EvidenceRequest, executed: bytes) -> Iterator[str]:
    try:
        ran, asked = read_notebook(executed), read_notebook(request.notebook)
    except UnreadableNotebookError as error:
        yield f"The executed notebook cannot be read. {error}"
        return
    if _sources(ran) != _sources(asked):
        yield "The job ran another notebook than the head's."
    report = check_notebook(
        executed, environment=request.environment, version=request.version, candidate=None
    )
    # Where it ran is the job's to say; what the notebook prints about it was checked before.
    refused = {item.id: item.why for item in report.refused if item.id != "environment"}
    yield from (refused.pop(name) for name in ("no_errors", "executed") if name in refused)
    yield from refused.values()


def _sources(notebook: Notebook) -> list[tuple[bool, str]]:
    return [(cell.is_code, cell.source) for cell in notebook.cells]


def _flaws_of_result(request: EvidenceRequest, record: EvidenceRecord) -> Iterator[str]:
    try:
        result = msgspec.json.decode(record.files.get(RESULT, b""), type=Result)
    except (msgspec.DecodeError, msgspec.ValidationError, RecursionError):
        yield "The result of the program cannot be read."
        return
    given = record.parameters
    if {name: getattr(result, name) for name in given} != dict(given):
        yield "The outputs are not those of this run."
    if result.notebook != request.notebook_digest:
        yield "The job was given another notebook than the head's."
    if not result.ended:
        yield "The run did not come to its end."
    yield from _flaws_of_predictions(request, result)


def _flaws_of_predictions(request: EvidenceRequest, result: Result) -> Iterator[str]:
    if not request.predictions:
        yield "No variable holds the predictions: assign what the model returns to one."
    for name in request.predictions:
        found = result.predictions.get(name)
        if found is None:
            yield "The predictions were gone at the end of the notebook."
        elif not found.values or found.count < len(found.values):
            yield "The predictions are empty."
        elif not all(map(_is_prediction, found.values)):
            yield "Not every prediction is a finite number or a label."


def _is_prediction(value: float | str | None) -> bool:
    return (
        bool(value.strip())
        if isinstance(value, str)
        else value is not None and math.isfinite(value)
    )


def _short(text: str) -> str:
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"

"""What a run proves: the record of the job, the outputs it left, and every way to forge them."""

import hashlib
import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.evidence.evidence_run import (
    EXECUTED,
    RESULT,
    EvidenceRecord,
    EvidenceRequest,
    predictions_of,
)
from bot.core.evidence.evidence_verdict import judge_run

NAME = "custom-tf-env"
RC = "1.5.1-rc.gaaaaaaaa"
DIGEST = "a" * 64
NONCE = "0123456789abcdef" * 2
WORKSPACE = "/subscriptions/s/resourceGroups/g/providers/x/workspaces/dev"
ENVIRONMENT = f"azureml:{WORKSPACE}/environments/{NAME}/versions/{RC}"
SOURCES = (
    "import joblib\nmodel = joblib.load('m')",
    "import pandas as pd\ndf = pd.read_csv('s.csv')",
    "predictions = model.predict(df)",
    "print(predictions)",
)
Json = dict[str, Any]
Change = Callable[[Json], object]


def notebook(sources: tuple[str, ...] = SOURCES, shown: str = "[0.4 0.5]\n") -> Json:
    cells: list[Json] = [
        {
            "cell_type": "code",
            "source": source,
            "metadata": {},
            "execution_count": number,
            "outputs": [],
        }
        for number, source in enumerate(sources, 1)
    ]
    cells[-1]["outputs"] = [{"output_type": "stream", "name": "stdout", "text": shown}]
    return {"nbformat": 4, "nbformat_minor": 4, "metadata": {}, "cells": cells}


def asked(content: Json | None = None) -> EvidenceRequest:
    data = json.dumps(content or notebook()).encode()
    predictions = predictions_of(data)
    assert predictions is not None
    return EvidenceRequest(NAME, RC, "cpu", DIGEST, 7, "c" * 40, data, predictions)


REQUEST = asked()


def ran(executed: Json | None = None, result: Json | None = None) -> EvidenceRecord:
    files = {
        EXECUTED: json.dumps(executed or notebook()).encode(),
        RESULT: json.dumps(result or results()).encode(),
    }
    return EvidenceRecord(
        REQUEST.job_name, "completed", ENVIRONMENT, REQUEST.command(NONCE), files, "https://x/y"
    )


def results(**fields: object) -> Json:
    return {
        "sha": "c" * 40,
        "pr": "7",
        "env_digest": DIGEST,
        "nonce": NONCE,
        "notebook": hashlib.sha256(REQUEST.notebook).hexdigest(),
        "ended": True,
        "predictions": {"predictions": {"count": 2, "values": [0.4, 0.5]}},
        **fields,
    }


def predicted(*values: object, count: int | None = None) -> EvidenceRecord:
    given = {"count": len(values) if count is None else count, "values": list(values)}
    return ran(result=results(predictions={"predictions": given}))


def cells(change: Change) -> EvidenceRecord:
    content = notebook()
    change(content)
    return ran(executed=content)


ERROR = {"output_type": "error", "ename": "ValueError", "evalue": "x", "traceback": []}
FORGED: dict[str, tuple[EvidenceRecord, str]] = {
    "another version": (
        ran()._replace(environment_id=ENVIRONMENT.replace("gaaaaaaaa", "gbbbbbbbb")),
        "The job did not run on this candidate.",
    ),
    "the final version": (
        ran()._replace(environment_id=ENVIRONMENT.replace("-rc.gaaaaaaaa", "")),
        "The job did not run on this candidate.",
    ),
    "another environment": (
        ran()._replace(environment_id=ENVIRONMENT.replace(NAME, "other-env")),
        "The job did not run on this candidate.",
    ),
    "no environment": (
        ran()._replace(environment_id=""),
        "The job did not run on this candidate.",
    ),
    "a registry's environment": (
        ran()._replace(environment_id=f"azureml://registries/r/environments/{NAME}/versions/{RC}"),
        "The job ran on an environment of a registry, not on dev's candidate.",
    ),
    "another program": (
        ran()._replace(command="python forge.py"),
        "The job ran another command than envbot's.",
    ),
    "the program and another one": (
        ran()._replace(command=REQUEST.command(NONCE) + "; python forge.py"),
        "The job ran another command than envbot's.",
    ),
    "another pull request": (
        ran()._replace(command=REQUEST._replace(pr=8).command(NONCE)),
        "The job was submitted with other parameters.",
    ),
    "another content": (
        ran()._replace(command=REQUEST._replace(env_digest="b" * 64).command(NONCE)),
        "The job was submitted with other parameters.",
    ),
    "another nonce": (
        ran(result=results(nonce="0" * 32)),
        "The outputs are not those of this run.",
    ),
    "no nonce": (ran(result=results(nonce="")), "The outputs are not those of this run."),
    "another head": (ran(result=results(sha="d" * 40)), "The outputs are not those of this run."),
    "results of another notebook": (
        ran(result=results(notebook="0" * 64)),
        "The job was given another notebook than the head's.",
    ),
    "cut short": (ran(result=results(ended=False)), "The run did not come to its end."),
    "no result": (
        ran()._replace(files={EXECUTED: json.dumps(notebook()).encode()}),
        "The result of the program cannot be read.",
    ),
    "a result of other form": (
        ran(result={"passed": True}),
        "The result of the program cannot be read.",
    ),
    "no outputs at all": (
        ran()._replace(files={}),
        "The job ended as completed and left no notebook.",
    ),
    "a failed job": (ran()._replace(status="failed"), "The job ended as failed."),
    "a canceled job": (ran()._replace(status="canceled"), "The job ended as canceled."),
    "another source": (
        cells(lambda n: n["cells"][2].update(source="predictions = [0.4]")),
        "The job ran another notebook than the head's.",
    ),
    "a cell more": (
        cells(lambda n: n["cells"].append({"cell_type": "markdown", "source": "", "metadata": {}})),
        "The job ran another notebook than the head's.",
    ),
    "an error": (
        cells(lambda n: n["cells"][2].update(outputs=[ERROR])),
        "Cell 3 raised ValueError.",
    ),
    "a cell that never ran": (
        cells(lambda n: n["cells"][3].update(execution_count=None, outputs=[])),
        "Cell 4 was not run.",
    ),
    "no notebook": (
        ran()._replace(files={EXECUTED: b"{}", RESULT: b"{}"}),
        "The executed notebook cannot be read. It does not follow the notebook format.",
    ),
    "NaN on display": (
        ran(executed=notebook(shown="[nan 0.5]\n")),
        "Cell 4 shows predictions that are not numbers (NaN or infinite).",
    ),
    "no predictions": (
        ran(result=results(predictions={})),
        "The predictions were gone at the end of the notebook.",
    ),
    "predictions of another name": (
        ran(result=results(predictions={"other": {"count": 1, "values": [0.4]}})),
        "The predictions were gone at the end of the notebook.",
    ),
    "empty predictions": (predicted(), "The predictions are empty."),
    "fewer than are listed": (predicted(0.4, 0.5, count=1), "The predictions are empty."),
    "one that is no number": (
        predicted(0.4, None),
        "Not every prediction is a finite number or a label.",
    ),
    "an empty label": (predicted(" "), "Not every prediction is a finite number or a label."),
}


@pytest.mark.parametrize(
    ("record", "why"), [pytest.param(*one, id=name) for name, one in FORGED.items()]
)
def test_a_forged_run_proves_nothing(record: EvidenceRecord, why: str) -> None:
    run = judge_run(REQUEST, record)

    whole = f"{REQUEST.job_name}: {why}"
    assert (run.state, run.text) == ("failed", whole if len(whole) <= 140 else whole[:139] + "…")


@pytest.mark.parametrize(
    "record",
    [
        pytest.param(ran(), id="numbers"),
        pytest.param(predicted("ok", "worn"), id="labels"),
        pytest.param(predicted(0.4, count=20_000), id="more than are listed"),
    ],
)
def test_an_honest_run_passes(record: EvidenceRecord) -> None:
    run = judge_run(REQUEST, record)

    assert run.state == "passed", run.text
    assert run.url == "https://x/y"


def test_a_job_that_runs_says_so() -> None:
    assert judge_run(REQUEST, ran()._replace(status="running")).state == "running"


def test_without_a_job_nothing_was_run() -> None:
    assert judge_run(REQUEST, None).state == "none"


def test_predictions_must_be_held_by_a_variable() -> None:
    content = notebook((*SOURCES[:2], "print(model.predict(df))"))
    request = asked(content)
    result = results(notebook=request.notebook_digest)

    run = judge_run(request, ran(content, result))

    assert "No variable holds the predictions" in run.text


@pytest.mark.parametrize(
    ("source", "names"),
    [
        pytest.param("predictions = model.predict(df)", ("predictions",), id="name"),
        pytest.param("df['p'] = model.predict(df)", ("df['p']",), id="column"),
        pytest.param(
            "out = []\nfor b in [df]:\n    out.append(model.predict(b))", ("out",), id="loop"
        ),
        pytest.param("n = len(model.predict(df))", (), id="their number"),
        pytest.param("def go():\n    p = model.predict(df)\ngo()", (), id="inside of a function"),
    ],
)
def test_finds_what_the_predictions_are_called(source: str, names: tuple[str, ...]) -> None:
    assert asked(notebook((*SOURCES[:2], source))).predictions == names


def test_another_content_voids_a_run() -> None:
    names = {
        one.job_name
        for one in (
            REQUEST,
            REQUEST.next_attempt(),
            REQUEST._replace(env_digest="b" * 64),
            REQUEST._replace(version="1.5.2-rc.gaaaaaaaa"),
            REQUEST._replace(notebook=b"{}"),
            REQUEST._replace(pr=8),
        )
    }

    assert len(names) == 6


def test_another_head_of_equal_content_finds_the_same_job() -> None:
    assert REQUEST._replace(sha="d" * 40).job_name == REQUEST.job_name


@given(executed=st.binary(max_size=200), result=st.binary(max_size=200))
def test_no_bytes_make_it_pass_or_fail_otherwise(executed: bytes, result: bytes) -> None:
    record = ran()._replace(files={EXECUTED: executed, RESULT: result})

    assert judge_run(REQUEST, record).state == "failed"

"""A notebook run in dev through the real SDK, and what is read back about the run."""

import json
import secrets
from typing import TYPE_CHECKING, Any

import pytest

from bot.adapters.azureml import AzureCloud
from bot.core.environment import EnvironmentSpec
from bot.core.evidence.evidence_run import EvidenceRequest, predictions_of
from bot.core.evidence.evidence_verdict import judge_run
from bot.errors import BotError

if TYPE_CHECKING:
    from pathlib import Path

    from tests.adapters.azureml.conftest import Place

SPEC = EnvironmentSpec(
    name="custom-tf-env",
    version="1.5.1",
    description="sensors",
    tags={},
    build=None,
    image="mcr.example/base:1",
    conda_file=None,
)
API = {"api-version": "2024-01-01-preview"}
RC = "1.5.1-rc.gaaaaaaaa"
DIGEST = "a" * 64
HONEST = (
    "import joblib\nimport shop\nmodel = joblib.load_model('m')\nsample = joblib.read_sample('s')",
    "predictions = model.predict(sample)",
    "print(predictions)",
)
JOBLIB = """\
class Model:
    def predict(self, sample):
        return [each * 2 for each in sample]
def load_model(path):
    return Model()
def read_sample(path):
    return [1.5, 2.5]
"""


def notebook(*sources: str) -> bytes:
    cells: list[dict[str, Any]] = [
        {
            "cell_type": "code",
            "source": source,
            "metadata": {},
            "outputs": [],
            "execution_count": number,
        }
        for number, source in enumerate(sources, 1)
    ]
    cells[-1]["outputs"] = [{"output_type": "stream", "name": "stdout", "text": "[3.0, 5.0]\n"}]
    content = {"nbformat": 4, "nbformat_minor": 4, "metadata": {}, "cells": cells}
    return json.dumps(content).encode()


def asked(*sources: str) -> EvidenceRequest:
    data, sha = notebook(*sources), "c" * 40
    predictions = predictions_of(data)
    assert predictions is not None
    return EvidenceRequest("custom-tf-env", RC, "cpu-cluster", DIGEST, 7, sha, data, predictions)


@pytest.fixture(autouse=True)
def candidate(cloud: AzureCloud, place: "Place") -> None:
    """Register the candidate that the notebook shows, and let jobs end at once."""
    cloud.register(SPEC, {}, version=RC, tags={})
    place.sandbox.script(
        job_queue_seconds=0.0,
        job_seconds=0.0,
        program_modules={},
        failing_images=[],
        failing_notebooks=[],
    )


@pytest.fixture
def really(place: "Place", tmp_path: "Path") -> None:
    """Run notebooks for real, in an environment of two modules."""
    (tmp_path / "joblib.py").write_text(JOBLIB)
    (tmp_path / "shop.py").write_text("")
    place.sandbox.script(program_modules={RC: str(tmp_path)})


def test_runs_in_the_candidate_with_its_parameters(cloud: AzureCloud, place: "Place") -> None:
    request = asked(*HONEST)

    name = cloud.submit_evidence(request)

    job = place.get("dev", f"jobs/{name}")["properties"]
    assert job["environmentId"].endswith(f"/environments/custom-tf-env/versions/{RC}")
    *given, nonce = job["command"].split("--output ${{outputs.evidence}} ")[1].split()
    assert given == ["--sha", "c" * 40, "--pr", "7", "--env-digest", DIGEST, "--nonce"]
    assert len(nonce) == 32


def test_a_run_reads_back_as_passed(cloud: AzureCloud) -> None:
    request = asked(*HONEST)

    record = cloud.evidence_record(cloud.submit_evidence(request))

    run = judge_run(request, record)
    assert (run.state, run.text) == ("passed", f"{request.job_name} ran the notebook on {RC}")
    assert run.url.startswith("https://")


def test_submitting_again_writes_nothing(cloud: AzureCloud, place: "Place") -> None:
    request = asked(*HONEST)
    cloud.submit_evidence(request)
    mark = place.mark()

    assert cloud.submit_evidence(request) == request.job_name

    assert {line.split()[0] for line in place.requests(mark)} == {"GET"}


def test_there_is_no_record_of_a_job_that_was_never_submitted(cloud: AzureCloud) -> None:
    assert cloud.evidence_record(f"evidence-{secrets.token_hex(4)}") is None


def test_a_cell_that_fails_by_script_is_named(cloud: AzureCloud, place: "Place") -> None:
    place.sandbox.script(failing_notebooks=["1.5.1-*"])
    request = asked(*HONEST)

    run = judge_run(request, cloud.evidence_record(cloud.submit_evidence(request)))

    assert run.text == f"{request.job_name}: Cell 1 raised RuntimeError."


def test_a_run_that_left_nothing_is_read_as_such(cloud: AzureCloud, place: "Place") -> None:
    place.sandbox.script(failing_images=["custom-tf-env:*"])
    request = asked(*HONEST)

    run = judge_run(request, cloud.evidence_record(cloud.submit_evidence(request)))

    name = request.job_name
    assert (run.state, run.text) == (
        "failed",
        f"{name}: The job ended as failed and left no notebook.",
    )


def test_a_canceled_run_is_read_as_such(cloud: AzureCloud, place: "Place") -> None:
    place.sandbox.script(job_seconds=600.0)
    request = asked(*HONEST)
    name = cloud.submit_evidence(request)
    running = judge_run(request, cloud.evidence_record(name))
    place.sandbox.call("POST", f"{place.path('dev')}/jobs/{name}/cancel", **API)

    run = judge_run(request, cloud.evidence_record(name))

    assert (running.state, running.text) == ("running", f"{name} runs the notebook")
    assert run.state == "failed"
    assert "The job ended as canceled" in run.text


def test_an_unknown_compute_is_told(cloud: AzureCloud) -> None:
    with pytest.raises(BotError, match="to compute no-such-cluster"):
        cloud.submit_evidence(asked(*HONEST)._replace(compute="no-such-cluster"))


@pytest.mark.usefixtures("really")
def test_an_honest_notebook_passes_when_it_is_really_run(cloud: AzureCloud) -> None:
    request = asked(*HONEST)

    run = judge_run(request, cloud.evidence_record(cloud.submit_evidence(request)))

    assert run.state == "passed", run.text


@pytest.mark.usefixtures("really")
@pytest.mark.parametrize(
    ("sources", "why"),
    [
        pytest.param(
            (HONEST[0], "predictions = model.guess(sample)\n" + HONEST[1], HONEST[2]),
            "Cell 2 raised AttributeError.",
            id="raises",
        ),
        pytest.param(
            (HONEST[0], "import os\ngetattr(os, '_ex' + 'it')(0)\n" + HONEST[1], HONEST[2]),
            "Cell 2 was not run.",
            id="killed",
        ),
        pytest.param(
            (HONEST[0], HONEST[1], HONEST[2] + "\npredictions = []"),
            "The predictions are empty.",
            id="emptied",
        ),
        pytest.param(
            (HONEST[0] + "\nsample = sample * float('nan')", HONEST[1], HONEST[2]),
            "Cell 1 raised TypeError.",
            id="nan",
        ),
        pytest.param(
            (HONEST[0] + "\nprint('[3.0, 5.0]')\nraise SystemExit", HONEST[1], HONEST[2]),
            "Cell 1 raised SystemExit.",
            id="printed and left",
        ),
    ],
)
def test_a_forged_notebook_fails_when_it_is_really_run(
    cloud: AzureCloud, sources: tuple[str, ...], why: str
) -> None:
    request = asked(*sources)

    run = judge_run(request, cloud.evidence_record(cloud.submit_evidence(request)))

    assert (run.state, run.text) == ("failed", f"{request.job_name}: {why}")

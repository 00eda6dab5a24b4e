"""The real program in the sandbox's steps: mounts, command, results and verdict fit together."""

import json
import sys
import types
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import joblib
import pytest
from azure.ai.ml import MLClient
from azure.ai.ml.entities import Data, Model
from azure.identity import DefaultAzureCredential
from msgspec.structs import replace

from bot.adapters.azureml import AzureCloud
from bot.core.config.circuit import CircuitId
from bot.core.model_test import verdict
from bot.core.model_test_request import (
    ModelRef,
    ModelTestRequest,
    ProductionModel,
    make_request,
)

if TYPE_CHECKING:
    from tests.adapters.azureml.conftest import Place

MODULE = "fleet_models"
# What the two environments bring under one name: the newer one scales differently, and its pumps
# no longer accept what the older one's did.
SOURCE = """
class Fan:
    def predict(self, rows):
        return [sum(row) for row in rows]


class Drifting:
    def predict(self, rows):
        return [sum(row) * {scale} for row in rows]


class Pump:
    def predict(self, rows):
        {pump}
        return [row[0] for row in rows]


class Broken:
    def predict(self, rows):
        raise RuntimeError("was broken before")
"""
BEFORE = SOURCE.format(scale="1.0", pump="pass")
AFTER = SOURCE.format(scale="1.5", pump="raise ValueError('expected 3 columns')")
MODELS = ("Fan", "Drifting", "Pump", "Broken")
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning:azure")


@pytest.fixture
def classes() -> Iterator[types.ModuleType]:
    """Return the classes as the training environment had them."""
    module = types.ModuleType(MODULE)
    exec(compile(BEFORE, MODULE, "exec"), module.__dict__)  # noqa: S102 - the text above
    sys.modules[MODULE] = module
    yield module
    del sys.modules[MODULE]


@pytest.fixture
def fleet(place: "Place", classes: types.ModuleType, tmp_path: Path) -> Iterator[ModelTestRequest]:
    """Register four models and a sample in test, and let both environments be really run."""
    at = place.platform.stages["test"]
    credential = DefaultAzureCredential(disable_instance_discovery=True)
    client = MLClient(credential, place.platform.subscription_id, at.resource_group, at.workspace)
    for name in MODELS:
        folder = tmp_path / "models" / name
        folder.mkdir(parents=True)
        joblib.dump(getattr(classes, name)(), folder / "model.joblib")
        client.models.create_or_update(Model(name=name, version="5", path=str(folder)))
    sample = tmp_path / "sample.json"
    sample.write_text(json.dumps([[1.0, 2.0], [3.0, 4.0]]))
    client.data.create_or_update(
        Data(name="sample", version="1", path=str(sample), type="uri_file")
    )
    modules = {}
    for version, source in (("1.5.0", BEFORE), ("1.5.1", AFTER)):
        (tmp_path / version).mkdir()
        (tmp_path / version / f"{MODULE}.py").write_text(source)
        modules[version] = str(tmp_path / version)
    place.sandbox.script(program_modules=modules, job_queue_seconds=0.0, job_seconds=0.0)
    before, after = place.environment("test", "1.5.0"), place.environment("test", "1.5.1")
    circuit = CircuitId("P001", "C001")
    live = [ProductionModel(ModelRef(name, "5"), circuit, before) for name in MODELS]
    settings = replace(place.platform.test, models_per_step=3)
    yield make_request(after, "a" * 64, live, settings)
    place.sandbox.script(program_modules={})


def test_program_pipeline_and_verdict_agree(cloud: AzureCloud, fleet: ModelTestRequest) -> None:
    cloud.submit_model_test(fleet)

    state, results = cloud.job("test", fleet.job_name), cloud.model_results(fleet)

    assert state
    assert (state.status, state.total) == ("completed", 4)
    judged = verdict(fleet, state, results, fleet.refs)
    assert judged.why == "3 of 4 models did not pass"
    assert {failure.model: failure.why for failure in judged.failures} == {
        "Broken": "RuntimeError: was broken before",
        "Drifting": "row 1 differs from the baseline by 1.5",
        "Pump": "ValueError: expected 3 columns",
    }


def test_a_failure_brings_the_end_of_the_models_log(
    cloud: AzureCloud, fleet: ModelTestRequest
) -> None:
    cloud.submit_model_test(fleet)

    pump = next(result for result in cloud.model_results(fleet) if result.model == "Pump")

    assert pump.log_tail.splitlines()[0] == "Traceback (most recent call last):"
    assert pump.log_tail.splitlines()[-1] == "ValueError: expected 3 columns"


def test_a_model_that_only_the_new_environment_can_score_has_no_baseline(
    cloud: AzureCloud, place: "Place", fleet: ModelTestRequest
) -> None:
    old, new = fleet.models[0].runs_on, fleet.environment_id
    swapped = [model._replace(runs_on=new) for model in fleet.models]
    request = make_request(old, "b" * 64, swapped, place.platform.test)
    cloud.submit_model_test(request)

    why = {result.model: result.why for result in cloud.model_results(request)}

    assert why["Pump"] == "the baseline itself failed: ValueError: expected 3 columns"

"""Which models may return to an environment without a test of their own."""

from dataclasses import replace

import pytest

from bot.core.asset_id import AssetId, parse_asset_id
from bot.core.config.circuit import CircuitId
from bot.core.model_test_request import ModelRef
from bot.core.production.deployment import DesiredDeployment
from bot.core.production.returned_model import Then, why_held

CIRCUIT = CircuitId("P001", "C001")
DESIRED = DesiredDeployment(
    circuit=CIRCUIT,
    endpoint="batch-endpoint-plant-P001",
    deployment="deployment-circuit-C001",
    environment_id="azureml://registries/reg/environments/tf/versions/1.5.0",
    environment="tf",
    version="1.5.0",
    model_version=None,
)
TESTED = frozenset({ModelRef("sensor", "5")})


@pytest.fixture
def model() -> AssetId:
    found = parse_asset_id(
        "/subscriptions/s/resourceGroups/g/providers/Microsoft.MachineLearningServices"
        "/workspaces/w/models/sensor/versions/6"
    )
    assert found is not None
    return found


@pytest.mark.parametrize(
    "then",
    [
        pytest.param(Then(None, {ModelRef("sensor", "6")}, ""), id="tested in it"),
        pytest.param(Then(None, None, "1.5.0"), id="made with it"),
        pytest.param(Then(None, None, "1.4.9"), id="made before it"),
        pytest.param(Then(None, None, ""), id="without a tag"),
        pytest.param(Then(None, None, "latest"), id="with a tag that is no version"),
    ],
)
def test_a_model_that_is_not_newer_returns(model: AssetId, then: Then) -> None:
    assert why_held(model, DESIRED, then) == ""


def test_a_model_that_main_named_then_and_now_returns(model: AssetId) -> None:
    desired = replace(DESIRED, model_version="6")

    assert why_held(model, desired, Then("6", TESTED, "")) == ""


@pytest.mark.parametrize(
    ("then", "named", "said"),
    [
        pytest.param(Then(None, TESTED, ""), None, "was not among the models", id="not tested"),
        pytest.param(Then("5", TESTED, ""), "6", "was not among the models", id="named since"),
        pytest.param(Then(None, frozenset(), "1.4.9"), None, "was not among", id="nothing passed"),
        pytest.param(Then(None, None, "1.10.0"), None, "was made with 1.10.0, after", id="newer"),
    ],
)
def test_a_model_of_a_later_time_is_held(
    model: AssetId, then: Then, named: str | None, said: str
) -> None:
    why = why_held(model, replace(DESIRED, model_version=named), then)

    assert said in why
    assert why.startswith("Model sensor:6 was ")
    assert "tf:1.5.0" in why

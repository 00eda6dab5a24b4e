from collections.abc import Sequence

import pytest

from bot.core.config.circuit import CircuitConfig, CircuitId
from bot.core.model_differences import model_differences
from bot.core.model_test_request import ModelRef, ProductionModel

ONE, TWO = CircuitId("P001", "C001"), CircuitId("P001", "C002")


def config(circuit: CircuitId, model: str | None) -> CircuitConfig:
    return CircuitConfig(circuit, "", "1.5.0", None, model)


def live(circuit: CircuitId | None, version: str = "4") -> ProductionModel:
    return ProductionModel(ModelRef("m", version), circuit, "azureml:e:1")


@pytest.mark.parametrize(
    ("configs", "models", "told"),
    [
        pytest.param([config(ONE, "4")], [live(ONE)], (), id="equal"),
        pytest.param([config(ONE, None)], [live(ONE)], (), id="the config leaves the model"),
        pytest.param(
            [config(ONE, "5")],
            [live(ONE)],
            ("P001/C001: config says model 5, production runs 4",),
            id="another version",
        ),
        pytest.param(
            [config(ONE, "4")],
            [],
            ("P001/C001: has a config, production has no deployment of it",),
            id="not deployed",
        ),
        pytest.param([], [live(TWO)], ("P001/C002: no config, production runs m:4",), id="extra"),
        pytest.param(
            [],
            [live(None)],
            ("m:4 runs in a deployment that no circuit is named by",),
            id="another name",
        ),
    ],
)
def test_names_where_production_and_configs_disagree(
    configs: Sequence[CircuitConfig], models: Sequence[ProductionModel], told: tuple[str, ...]
) -> None:
    assert model_differences({one.id: one for one in configs}, models) == told


def test_tells_the_circuits_in_order() -> None:
    configs = {circuit: config(circuit, "5") for circuit in (TWO, ONE)}

    told = model_differences(configs, [live(TWO), live(ONE)])

    assert [text[:9] for text in told] == ["P001/C001", "P001/C002"]

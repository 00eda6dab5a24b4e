"""What a circuit's config asks of production."""

import pytest

from bot.core.config.circuit import CircuitConfig, CircuitId
from bot.core.config.platform import read_platform
from bot.core.production.desired import desired_deployments

C001, C002 = CircuitId("P001", "C001"), CircuitId("P001", "C002")


def config(
    circuit: CircuitId = C001, pin: str | None = None, model: str | None = None
) -> CircuitConfig:
    return CircuitConfig(
        id=circuit,
        path="config/plants/P001/C001.yml",
        training_version="2.0.0",
        deployment_version=pin,
        model_version=model,
    )


@pytest.mark.parametrize(("pin", "version"), [(None, "2.0.0"), ("1.5.0", "1.5.0")])
def test_a_pin_wins_over_the_training(
    sample: dict[str, bytes], pin: str | None, version: str
) -> None:
    (found,) = desired_deployments(
        [config(pin=pin, model="5")], read_platform(sample["config/platform.yml"])
    )

    assert found.version == version
    assert found.environment_id == (
        f"azureml://registries/amlregcc01/environments/custom-tf-env/versions/{version}"
    )
    assert (found.endpoint, found.deployment) == (
        "batch-endpoint-plant-P001",
        "deployment-circuit-C001",
    )
    assert found.model_version == "5"


def test_circuits_keep_the_order_they_were_given_in(sample: dict[str, bytes]) -> None:
    platform = read_platform(sample["config/platform.yml"])

    found = desired_deployments([config(C002), config(C001)], platform)

    assert [one.circuit for one in found] == [C002, C001]

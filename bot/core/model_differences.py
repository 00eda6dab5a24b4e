"""Where production runs other models than the configs say: named, never acted on here."""

from collections.abc import Iterable, Iterator, Mapping

from bot.core.config.circuit import CircuitConfig, CircuitId
from bot.core.model_test_request import ModelRef, ProductionModel


def model_differences(
    circuits: Mapping[CircuitId, CircuitConfig], live: Iterable[ProductionModel]
) -> tuple[str, ...]:
    """Return one sentence for each circuit whose config and deployment disagree, sorted.

    A config that names no model version leaves the model as it is and agrees with any.
    """
    deployed: dict[CircuitId, ModelRef] = {}
    strangers: list[str] = []
    for model in live:
        if model.circuit is None:
            strangers.append(f"{model.ref.label} runs in a deployment that no circuit is named by")
        else:
            deployed[model.circuit] = model.ref
    return (*_differences(circuits, deployed), *sorted(strangers))


def _differences(
    circuits: Mapping[CircuitId, CircuitConfig], deployed: Mapping[CircuitId, ModelRef]
) -> Iterator[str]:
    for circuit in sorted({*circuits, *deployed}):
        config, model = circuits.get(circuit), deployed.get(circuit)
        if config is None and model:
            yield f"{circuit}: no config, production runs {model.label}"
        elif config and model is None:
            yield f"{circuit}: has a config, production has no deployment of it"
        elif config and model and config.model_version not in (None, model.version):
            says, runs = config.model_version, model.version
            yield f"{circuit}: config says model {says}, production runs {runs}"

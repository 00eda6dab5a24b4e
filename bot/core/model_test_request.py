"""What a test of all models asks: which models, on which data, in which environments."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from operator import attrgetter
from typing import NamedTuple

from bot.core.canonical import digest
from bot.core.config.circuit import CircuitId
from bot.core.config.naming import fill
from bot.core.config.platform_file import TestSettings

INFRASTRUCTURE_RETRIES = 2
"""How often steps that Azure itself lost are submitted again within one attempt."""


class ModelRef(NamedTuple):
    """One version of one registered model."""

    name: str
    version: str

    @property
    def label(self) -> str:
        """Return `name:version`."""
        return f"{self.name}:{self.version}"


class ProductionModel(NamedTuple):
    """One model that production deploys.

    Attributes:
        circuit: whose deployment runs it; None where the deployment's name tells no circuit.
        runs_on: id of the environment in which production scores with it now.
    """

    ref: ModelRef
    circuit: CircuitId | None
    runs_on: str


class Step(NamedTuple):
    """Models that are scored one after the other on one node, in one environment."""

    name: str
    environment_id: str
    models: tuple[ProductionModel, ...]
    is_baseline: bool = False


@dataclass(frozen=True, slots=True)
class ModelTestRequest:
    """One pipeline job that scores every model on sample data.

    Attributes:
        job_name: a function of what is tested, so that a repeat finds the earlier job.
        environment_id: written into every step: Azure ML does not resolve an environment that is
            given as a pipeline input.
        models: sorted, each version once.
        attempt: which try at the same test this is, from 1.
    """

    job_name: str
    environment_id: str
    models: tuple[ProductionModel, ...]
    settings: TestSettings
    attempt: int = 1

    @property
    def refs(self) -> tuple[ModelRef, ...]:
        """Return which model versions are tested."""
        return tuple(model.ref for model in self.models)

    @property
    def steps(self) -> tuple[Step, ...]:
        """Return the steps in the environment under test, without those of the baseline."""
        shards = enumerate(self._shards(self.models), start=1)
        return tuple(
            Step(f"models_{number:04d}", self.environment_id, models) for number, models in shards
        )

    @property
    def baseline_steps(self) -> tuple[Step, ...]:
        """Return the steps in the environments that production runs; none where none are asked."""
        if self.settings.baseline == "none":
            return ()
        return tuple(
            Step(f"baseline_{number:04d}", models[0].runs_on, models, is_baseline=True)
            for number, models in enumerate(self._shards_of_baseline(), start=1)
        )

    def sample_of(self, model: ProductionModel) -> str | None:
        """Return the data that `model` scores; None where only its circuit would tell."""
        template = self.settings.sample_data
        if "{" not in template:
            return template
        if model.circuit is None:
            return None
        plant, circuit = model.circuit
        return fill(template, ("plant_id", plant), ("circuit_id", circuit))

    def name_of_retry(self, number: int) -> str:
        """Return the name of the job that repeats what Azure lost; 0 is the first submission."""
        return f"{self.job_name}-r{number}" if number else self.job_name

    def _shards(self, models: Sequence[ProductionModel]) -> Iterator[tuple[ProductionModel, ...]]:
        size = self.settings.models_per_step
        for start in range(0, len(models), size):
            yield tuple(models[start : start + size])

    def _shards_of_baseline(self) -> Iterator[tuple[ProductionModel, ...]]:
        by_environment = attrgetter("runs_on")
        for _, models in groupby(sorted(self.models, key=by_environment), by_environment):
            yield from self._shards(tuple(models))


def make_request(
    environment_id: str,
    env_digest: str,
    models: Iterable[ProductionModel],
    settings: TestSettings,
    *,
    attempt: int = 1,
) -> ModelTestRequest:
    """Return the test of `models` in one environment, named after all that decides its outcome.

    Where several deployments run one model version, the first circuit's data and environment
    stand for it. A second `attempt` at the same test gets another name: Azure ML never runs a
    name twice.
    """
    first = {model.ref: model for model in sorted(models, key=_order, reverse=True)}
    tested = tuple(sorted(first.values(), key=_order))
    content = digest([environment_id, tested, settings])[:12]
    again = f"-{attempt}" if attempt > 1 else ""
    name = f"compat-{env_digest[:8]}-{content}{again}"
    return ModelTestRequest(name, environment_id, tested, settings, attempt)


def _order(model: ProductionModel) -> tuple[ModelRef, tuple[str, ...], str]:
    return model.ref, tuple(model.circuit or ()), model.runs_on

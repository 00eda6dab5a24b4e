import random

import msgspec
import pytest

from bot.core.config.circuit import CircuitId
from bot.core.config.platform_file import TestSettings
from bot.core.model_test_request import (
    ModelRef,
    ModelTestRequest,
    ProductionModel,
    make_request,
)

SETTINGS = TestSettings(compute="cpu", sample_data="azureml:sample:1", models_per_step=30)
DIGEST = "0123456789abcdef"
OLD, NEW = "azureml:e:1", "azureml:e:2"
LIVE = [
    ProductionModel(ModelRef(f"m{number:03}", "1"), CircuitId("P001", f"C{number:03}"), OLD)
    for number in range(200)
]


def make(
    models: list[ProductionModel] = LIVE,
    environment: str = NEW,
    env_digest: str = DIGEST,
    attempt: int = 1,
    **settings: object,
) -> ModelTestRequest:
    used = msgspec.structs.replace(SETTINGS, **settings)
    return make_request(environment, env_digest, models, used, attempt=attempt)


REQUEST = make()


def test_shares_the_models_out_in_steps_without_losing_one() -> None:
    sizes = [len(step.models) for step in REQUEST.steps]

    assert sizes == [30, 30, 30, 30, 30, 30, 20]
    assert [model for step in REQUEST.steps for model in step.models] == LIVE


def test_the_baseline_is_scored_in_each_environment_that_production_runs() -> None:
    mixed = [model._replace(runs_on="azureml:e:0") for model in LIVE[:50]] + LIVE[50:]

    steps = make(mixed).baseline_steps

    places = [(step.environment_id, len(step.models)) for step in steps]
    assert places == [("azureml:e:0", 30), ("azureml:e:0", 20), *[(OLD, 30)] * 5]
    assert {model for step in steps for model in step.models} == set(mixed)


def test_no_step_shares_its_name_with_another() -> None:
    names = [step.name for step in (*REQUEST.steps, *REQUEST.baseline_steps)]

    assert len(set(names)) == len(names)


def test_there_is_no_baseline_where_none_is_asked() -> None:
    assert make(baseline="none").baseline_steps == ()


def test_a_model_of_two_deployments_is_tested_once_for_the_first_circuit() -> None:
    twice = LIVE[0]._replace(circuit=CircuitId("P000", "C000"))

    assert make([LIVE[0], twice]).models == (twice,)


def test_the_job_is_named_after_what_it_tests() -> None:
    shuffled = random.Random(1).sample(LIVE, len(LIVE))

    assert REQUEST.job_name.startswith("compat-01234567-")
    assert make(shuffled) == REQUEST


@pytest.mark.parametrize(
    "other",
    [
        pytest.param(make(environment="azureml:e:3"), id="environment"),
        pytest.param(make(LIVE[1:]), id="models"),
        pytest.param(make([LIVE[0]._replace(runs_on=NEW), *LIVE[1:]]), id="what production runs"),
        pytest.param(make(env_digest="f" * 16), id="content"),
        pytest.param(make(sample_data="azureml:sample:2"), id="sample"),
        pytest.param(make(tolerance=0.5), id="tolerance"),
        pytest.param(make(attempt=2), id="attempt"),
    ],
)
def test_another_test_has_another_name(other: ModelTestRequest) -> None:
    assert other.job_name != REQUEST.job_name


def test_a_request_knows_which_attempt_and_which_retry_it_is() -> None:
    again = make(attempt=2)

    assert (REQUEST.attempt, again.attempt) == (1, 2)
    assert again.job_name == f"{REQUEST.job_name}-2"
    assert [again.name_of_retry(number) for number in (0, 1)] == [
        again.job_name,
        f"{again.job_name}-r1",
    ]


@pytest.mark.parametrize(
    ("template", "sample"),
    [
        pytest.param("azureml:sample:1", "azureml:sample:1", id="one asset"),
        pytest.param("azureml:s_{plant_id}_{circuit_id}:1", "azureml:s_P001_C000:1", id="assets"),
    ],
)
def test_a_circuit_tells_which_sample_its_model_scores(template: str, sample: str) -> None:
    assert make(sample_data=template).sample_of(LIVE[0]) == sample


def test_without_a_circuit_a_template_tells_nothing() -> None:
    unknown = LIVE[0]._replace(circuit=None)

    assert make(sample_data="azureml:s_{plant_id}_{circuit_id}:1").sample_of(unknown) is None
    assert REQUEST.sample_of(unknown) == "azureml:sample:1"

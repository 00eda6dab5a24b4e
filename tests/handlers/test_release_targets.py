"""What production must have before a merge may make it run that, and what asking for it costs."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import cast

import pytest

from bot.core.production.deployment import LiveDeployment
from bot.core.production.environment_state import EnvironmentState
from bot.core.review import Review, review
from bot.errors import UserError
from bot.handlers.context import Context
from bot.handlers.ports import Cloud
from bot.handlers.release_targets import require_models, require_versions
from bot.handlers.sources import read_sources
from tests.handlers.conftest import NOON

CIRCUIT = """\
plant_id: "P001"
circuit_id: "{circuit}"
training: {{cutoff_date: "2025-12-09", environment_version: "{environment}"}}
"""
PIN = 'deployment: {{model_version: "{model}"}}\n'
BUILT = EnvironmentState("Succeeded", "reg.azurecr.io/a@sha256:1", image_exists=True)
PINNED = "/subscriptions/s/models/sensor_1/versions/9"


@dataclass
class Azure:
    """Has what a test says, and keeps what it was asked."""

    live: LiveDeployment
    models: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    state: EnvironmentState = BUILT

    def environment(self, place: str, name: str, version: str) -> object | None:
        self.asked.append(f"{place} {name}:{version}")
        return object() if version == "1.5.0" else None

    def environment_state(self, place: str, name: str, version: str) -> EnvironmentState:
        self.asked.append(f"{place} {name}:{version}, its state")
        return self.state

    def deployment(self, stage: str, endpoint: str, deployment: str) -> LiveDeployment | None:
        self.asked.append(f"{stage} {deployment}")
        found = (endpoint, deployment) == (self.live.endpoint, self.live.deployment)
        return self.live if found else None

    def model_tags(self, stage: str, model_id: str) -> Mapping[str, str] | None:
        self.asked.append(f"{stage} {model_id}")
        return self.models.get(model_id)

    @property
    def cloud(self) -> Cloud:
        return cast("Cloud", self)


@pytest.fixture
def azure(make_live: Callable[..., LiveDeployment]) -> Azure:
    return Azure(make_live())


@pytest.fixture
def proposing(context: Context) -> Callable[..., Review]:
    """Return what reviews a pull request that gives circuits these configs."""

    def propose(**configs: str) -> Review:
        files: dict[str, bytes | str | None] = {
            f"config/plants/P001/{name}.yml": text.encode() for name, text in configs.items()
        }
        repository, rules = context.repository, context.rules
        head = repository.commit((rules.main,), files, "Propose", at=NOON)
        return review(read_sources(repository, rules.main, head), rules.platform, rules.policy)

    return propose


def config(circuit: str, *, model: str = "", environment: str = "1.5.0") -> str:
    text = CIRCUIT.format(circuit=circuit, environment=environment)
    return text + PIN.format(model=model) if model else text


@pytest.mark.parametrize(
    ("circuit", "told"),
    [
        pytest.param("C001", "P001/C001 would run `sensor_1:9`", id="of what runs"),
        pytest.param("C002", "P001/C002 would run `sensor_model_P001_C002:9`", id="of a new one"),
    ],
)
def test_a_model_that_is_not_there_is_refused(
    context: Context, azure: Azure, proposing: Callable[..., Review], circuit: str, told: str
) -> None:
    proposed = proposing(**{circuit: config(circuit, model="9")})

    with pytest.raises(UserError) as raised:
        require_models(context, azure.cloud, proposed, "tom")

    refusal = raised.value.refusal
    assert (refusal.code, refusal.resolver) == ("MODEL_NOT_FOUND", "tom")
    assert refusal.headline == f"{told}, which production does not have"


def test_a_model_that_is_there_is_not(
    context: Context, azure: Azure, proposing: Callable[..., Review]
) -> None:
    azure.models = {PINNED: {}}

    require_models(context, azure.cloud, proposing(C001=config("C001", model="9")), "tom")

    assert azure.asked == ["production deployment-circuit-C001", f"production {PINNED}"]


@pytest.mark.parametrize(
    "proposed",
    [
        pytest.param({}, id="no circuit changes"),
        pytest.param({"C001": config("C001", environment="1.5.1")}, id="only the environment"),
        pytest.param({"C002": config("C002")}, id="a new circuit that names none"),
    ],
)
def test_nothing_is_asked_where_no_model_is_named(
    context: Context,
    azure: Azure,
    proposing: Callable[..., Review],
    proposed: Mapping[str, str],
) -> None:
    require_models(context, azure.cloud, proposing(**proposed), "tom")

    assert azure.asked == []


def test_the_model_that_runs_already_may_be_named(
    context: Context, azure: Azure, proposing: Callable[..., Review]
) -> None:
    require_models(context, azure.cloud, proposing(C001=config("C001", model="5")), "tom")

    assert azure.asked == ["production deployment-circuit-C001"]


def test_all_missing_models_are_named_at_once(
    context: Context, azure: Azure, proposing: Callable[..., Review]
) -> None:
    missing = [f"C{number:03}" for number in range(1, 14)]
    proposed = proposing(**{name: config(name, model="9") for name in missing})

    with pytest.raises(UserError) as raised:
        require_models(context, azure.cloud, proposed, "tom")

    refusal = raised.value.refusal
    assert refusal.headline.endswith("does not have (and 12 more)")
    assert len(refusal.facts) == 11
    assert refusal.facts[-1] == "… and 3 more."
    assert len(azure.asked) == 2 * len(missing)


def test_a_version_that_is_not_in_the_registry_is_refused(
    context: Context, azure: Azure, proposing: Callable[..., Review]
) -> None:
    proposed = proposing(C002=config("C002", environment="1.5.9"))

    with pytest.raises(UserError) as raised:
        require_versions(context, azure.cloud, proposed, "tom")

    assert raised.value.refusal.code == "ENV_NOT_FOUND"
    assert azure.asked == ["registry custom-tf-env:1.5.9"]


@pytest.mark.parametrize(
    ("state", "code"),
    [
        pytest.param(BUILT, "", id="built"),
        pytest.param(EnvironmentState("Failed"), "ENV_NOT_READY", id="failed"),
        pytest.param(BUILT._replace(image_exists=False), "ENV_IMAGE_GONE", id="without its image"),
    ],
)
def test_a_version_that_is_there_must_be_fit_to_be_run(
    context: Context,
    azure: Azure,
    proposing: Callable[..., Review],
    state: EnvironmentState,
    code: str,
) -> None:
    proposed, found, azure.state = proposing(C002=config("C002")), "", state

    try:
        require_versions(context, azure.cloud, proposed, "tom")
    except UserError as error:
        found = error.refusal.code

    assert found == code

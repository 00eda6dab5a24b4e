"""What a plan must know beside desired and live, and how often Azure is asked for it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import cast

import pytest

from bot.core.asset_id import parse_asset_id
from bot.core.config.circuit import CircuitId
from bot.core.model_test_request import ProductionModel
from bot.core.production.action import Action, ActionKind
from bot.core.production.deployment import LiveDeployment
from bot.core.production.plan import Plan
from bot.handlers.context import Context, read_rules
from bot.handlers.plan_facts import (
    blueprint_of,
    environments_of,
    facts_of_models,
    known_of_places,
    tags_of_models,
)
from bot.handlers.planning import read_desired
from bot.handlers.ports import Cloud
from bot.handlers.progress import production_models
from tests.handlers.conftest import NOON

TEMPLATE = "config/deployment-template.yml"
DRIVER = "deployment/batch_driver.py"
MODEL = "azureml://registries/reg/models/sensor/versions/5"
OTHER = "azureml://registries/reg/models/sensor/versions/6"


@dataclass
class Azure:
    """Answers from memory, and counts what it was asked."""

    tags: Mapping[str, Mapping[str, str] | None] = field(default_factory=dict)
    live: tuple[LiveDeployment, ...] = ()
    asked: list[str] = field(default_factory=list)

    def environment(self, place: str, name: str, version: str) -> object:
        self.asked.append(f"{place} {name}:{version}")
        return object()

    def endpoints(self, stage: str) -> tuple[str, ...]:
        self.asked.append(f"{stage} endpoints")
        return ("Batch-Endpoint-Plant-P001",)

    def model_tags(self, stage: str, model_id: str) -> Mapping[str, str] | None:
        self.asked.append(f"{stage} {model_id}")
        return self.tags[model_id]

    def deployments(self, stage: str) -> tuple[LiveDeployment, ...]:
        assert stage == "production"
        return self.live

    @property
    def cloud(self) -> Cloud:
        return cast("Cloud", self)


@pytest.fixture
def on_main(context: Context, checkout: Path) -> Callable[..., Context]:
    """Return what commits the driver, unless told otherwise, and other files to main."""

    def commit(files: Mapping[str, bytes | None] | None = None) -> Context:
        driver = (checkout / DRIVER).read_bytes()
        changed = {DRIVER: driver, **(files or {})}
        repository, main = context.repository, context.rules.main
        made = repository.commit((main,), changed, "Change", at=NOON)
        return replace(context, rules=read_rules(repository, made))

    return commit


def live_of(context: Context) -> tuple[LiveDeployment, ...]:
    """Return main's circuits as production would run them, named as the SDK writes names."""
    return tuple(
        LiveDeployment(
            endpoint=one.endpoint.lower(),
            deployment=one.deployment.lower(),
            environment_id=one.environment_id,
            model_id=MODEL,
            tags={},
            provisioning_state="Succeeded",
            kind="model",
            rest_digest="",
        )
        for one in read_desired(context)
    )


def test_the_template_is_of_no_interest_while_nothing_is_new(context: Context) -> None:
    azure, desired = Azure(), read_desired(context)

    known = known_of_places(context, azure.cloud, desired, live_of(context))

    assert (known.blueprint, known.endpoints) == (None, None)
    assert [one for one in azure.asked if "endpoints" in one] == []


def test_what_is_new_is_made_of_the_template_and_driver_of_main(
    on_main: Callable[..., Context],
) -> None:
    context, azure = on_main(), Azure()

    known = known_of_places(context, azure.cloud, read_desired(context), ())

    assert known.blueprint
    assert known.blueprint.template.compute == "batch-cluster"
    assert list(known.blueprint.driver) == ["batch_driver.py"]
    assert known.endpoints == {"batch-endpoint-plant-p001"}


@pytest.mark.parametrize(
    ("files", "why"),
    [
        pytest.param({TEMPLATE: None}, "main has no config/deployment-template.yml", id="none"),
        pytest.param({TEMPLATE: b"compute: [x\n"}, "config/deployment-template.yml:", id="bad"),
        pytest.param({DRIVER: None}, "`deployment/batch_driver.py`", id="no driver"),
    ],
)
def test_says_why_nothing_can_be_made(
    on_main: Callable[..., Context], files: Mapping[str, bytes | None], why: str
) -> None:
    context = on_main({"README.md": b"", **files})

    found, said = blueprint_of(context.repository, context.rules.main)

    assert found is None
    assert why in said


def action(kind: ActionKind, model_id: str | None, code: str = "", **live: str) -> Action:
    there = LiveDeployment("e", "d", "", live.get("live"), {}, "Succeeded", "model", "")
    seen = there if live else None
    return Action(kind, "e", "d", CircuitId("P", "C"), code, "", "env", model_id, seen)


@pytest.mark.parametrize(
    ("actions", "asked"),
    [
        pytest.param([action(ActionKind.CREATE, MODEL)], [MODEL], id="a new deployment"),
        pytest.param([action(ActionKind.UPDATE, OTHER, live=MODEL)], [OTHER], id="another model"),
        pytest.param([action(ActionKind.UPDATE, MODEL, live=MODEL)], [], id="the same model"),
        pytest.param([action(ActionKind.UNCHANGED, MODEL, live=OTHER)], [], id="no write"),
        pytest.param(
            [action(ActionKind.REFUSED, MODEL, "MODEL_MAJOR_MISMATCH", live=MODEL)],
            [MODEL],
            id="a MAJOR that only the tag settles",
        ),
        pytest.param(
            [action(ActionKind.REFUSED, OTHER, "DEPLOYMENT_BUSY", live=MODEL)], [], id="refused"
        ),
        pytest.param(
            [action(ActionKind.CREATE, MODEL), action(ActionKind.CREATE, MODEL)],
            [MODEL],
            id="one model asked for twice",
        ),
        pytest.param(
            [action(ActionKind.CREATE, OTHER), action(ActionKind.CREATE, MODEL)],
            [MODEL, OTHER],
            id="two models",
        ),
    ],
)
def test_asks_for_the_models_that_would_newly_run(actions: list[Action], asked: list[str]) -> None:
    azure = Azure({MODEL: {"environment_version": "1.5.0"}, OTHER: None})

    found = tags_of_models(azure.cloud, "production", Plan(tuple(actions), ()), 4)

    assert azure.asked == [f"production {one}" for one in asked]
    assert list(found) == [parse_asset_id(one) for one in asked]


@pytest.mark.parametrize(
    ("actions", "asked", "absent"),
    [
        pytest.param([action(ActionKind.CREATE, MODEL)], [MODEL], [], id="a new deployment"),
        pytest.param([action(ActionKind.UPDATE, MODEL, live=MODEL)], [MODEL], [], id="it runs"),
        pytest.param([action(ActionKind.UPDATE, OTHER, live=MODEL)], [OTHER], [OTHER], id="gone"),
        pytest.param(
            [action(ActionKind.UPDATE, OTHER, live=OTHER)], [OTHER], [], id="it runs, and is gone"
        ),
        pytest.param([action(ActionKind.UNCHANGED, MODEL, live=MODEL)], [], [], id="no write"),
        pytest.param(
            [action(ActionKind.UPDATE, MODEL, live=MODEL)] * 2, [MODEL], [], id="one asked twice"
        ),
    ],
)
def test_what_would_be_written_is_judged_by_the_tag_of_its_model(
    actions: list[Action], asked: list[str], absent: list[str]
) -> None:
    azure = Azure({MODEL: {"environment_version": "1.5.0"}, OTHER: None})

    found = facts_of_models(azure.cloud, "production", Plan(tuple(actions), ()), 4)

    assert azure.asked == [f"production {one}" for one in asked]
    assert found.absent == {parse_asset_id(one) for one in absent}
    assert set(found.environments.values()) == ({"1.5.0"} if MODEL in asked else set())


def test_reads_the_environment_that_a_model_is_tagged_with() -> None:
    tagged, untagged, absent = (parse_asset_id(f"m:{number}") for number in "123")
    assert tagged
    assert untagged
    assert absent

    found = environments_of({tagged: {"environment_version": "1.5.0"}, untagged: {}, absent: None})

    assert found == {tagged: "1.5.0"}


def test_a_circuit_is_known_although_the_sdk_writes_its_names_in_lower_case(
    context: Context,
) -> None:
    azure = Azure(live=live_of(context))

    (found,) = production_models(context, azure.cloud, "custom-tf-env")

    assert isinstance(found, ProductionModel)
    assert found.circuit == CircuitId("P001", "C001")
